import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { call, temporaryCredentials, tokenCredentials } from '../drive.ts'
import { patience, type Running, start } from '../start.ts'
import { Browser } from './browser.ts'

let app: Running
beforeAll(async () => {
  app = await start(import.meta.dirname, { flags: ['--conditions=countersign-source'] })
}, patience)
afterAll(() => app?.stop())

/** A browser in which Ada has signed in, on the consent page of a new flow. */
async function consent(callback?: string) {
  const temporary = await temporaryCredentials(app.origin, callback)
  const address = `${app.origin}/oauth/authorize?oauth_token=${temporary.key}`
  const browser = new Browser()
  const signIn = await browser.open(address)
  const page = await browser.submit(signIn, { name: 'ada', password: 'difference engine' })
  return { temporary, address, browser, page }
}

it('leads through sign-in and consent to a token of the user who signed in', async () => {
  const { temporary, browser, page } = await consent()
  expect(await page.clone().text()).toMatch(/signed in as <b>ada<\/b>/)
  expect(await page.clone().text()).toContain('go to localhost:8080')
  // The form's own claim about the user is ignored.
  const redirect = await browser.submit(page, { decision: 'allow', user: 'grace' })
  expect(redirect.status).toBe(302)
  const location = new URL(redirect.headers.get('location') ?? '')
  expect(location.origin).toBe('http://localhost:8080')
  const verifier = location.searchParams.get('oauth_verifier') ?? ''
  const token = await tokenCredentials(app.origin, temporary, verifier)
  const me = await call('GET', `${app.origin}/api/me`, token)
  expect(await me.json()).toEqual({ userId: 'ada', scope: 'photos:read' })
})

it('shows the code of an oob flow, which the client can type with its dash', async () => {
  const { temporary, browser, page } = await consent('oob')
  const shown = await (await browser.submit(page, { decision: 'allow' })).text()
  const code = /<code>([^<]+)<\/code>/.exec(shown)?.[1] ?? ''
  expect(code).toMatch(/^\w{5}-\w{5}$/)
  expect(await tokenCredentials(app.origin, temporary, code)).toHaveProperty('key')
})

it('sends a denial to the client, and says so on a page where the client has no address', async () => {
  const redirected = await consent()
  const redirect = await redirected.browser.submit(redirected.page, { decision: 'deny' })
  expect(redirect.headers.get('location')).toContain('oauth_problem=user_refused')
  const outOfBand = await consent('oob')
  const page = await outOfBand.browser.submit(outOfBand.page, { decision: 'deny' })
  expect(await page.text()).toContain('Nothing was granted')
})

it.each([
  ['without the token of its page', { csrf: '' }],
  ['with the token of another browser', { csrf: 'A'.repeat(43) }],
  ['without a decision', { decision: '' }],
])('decides nothing by a form %s', async (_name, fields) => {
  const { address, browser, page } = await consent()
  const refused = await browser.submit(page, { decision: 'allow', ...fields })
  expect(refused.status).toBe(403)
  expect((await browser.open(address)).status).toBe(200)
})

it('decides nothing for a browser that is not signed in', async () => {
  const { address, page } = await consent()
  const stranger = await new Browser().submit(page, { decision: 'allow' })
  expect(await stranger.text()).toContain('Sign in')
  expect((await new Browser().open(address)).status).toBe(200)
})

it.each([
  ['a wrong password', { name: 'ada', password: 'wrong' }],
  ['a name without an account', { name: 'mallory', password: 'difference engine' }],
  ['the form of another site', { name: 'ada', password: 'difference engine', csrf: '' }],
])('signs no one in with %s', async (_name, fields) => {
  const browser = new Browser()
  const { key } = await temporaryCredentials(app.origin)
  const address = `${app.origin}/oauth/authorize?oauth_token=${key}`
  const refused = await browser.submit(await browser.open(address), fields)
  expect(refused.status).toBe(403)
  expect(await (await browser.open(address)).text()).toContain('<title>Sign in</title>')
})

it('says why a request cannot be decided upon', async () => {
  const { address, browser, page } = await consent('oob')
  await browser.submit(page, { decision: 'allow' })
  expect(await (await browser.open(address)).text()).toContain('You have decided about this request already')
  const unknown = await browser.open(`${app.origin}/oauth/authorize?oauth_token=unknown`)
  expect(unknown.status).toBe(400)
  expect(await unknown.text()).toContain('has expired or was used already')
  expect((await browser.open(`${app.origin}/oauth/authorize`)).status).toBe(400)
  expect((await browser.open(`${app.origin}/oauth/authorize?oauth_token=a&oauth_token=b`)).status).toBe(400)
})

it('may not be framed, kept, or told to other sites', async () => {
  const { page } = await consent()
  expect(Object.fromEntries(page.headers)).toMatchObject({
    'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
    'x-frame-options': 'DENY',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
  })
})

it('keeps its cookie from scripts and other sites, and from plain HTTP in production', async () => {
  const signIn = await fetch(`${app.origin}/sign-in`)
  expect(signIn.headers.get('set-cookie')).toMatch(/^session=.*HttpOnly; SameSite=Lax/)
  const production = await start(import.meta.dirname, {
    flags: ['--conditions=countersign-source'],
    script: `OAUTH1_INSECURE_TRANSPORT=false node ${join(import.meta.dirname, 'server.ts')}`,
  })
  try {
    const secure = await fetch(`${production.origin}/sign-in`)
    expect(secure.headers.get('set-cookie')).toMatch(
      /^__Host-session=.*Path=\/; HttpOnly; Secure; SameSite=Lax/,
    )
  } finally {
    await production.stop()
  }
})
