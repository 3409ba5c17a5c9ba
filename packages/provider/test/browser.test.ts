import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import process from 'node:process'
import axe, { type AxeResults } from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hasChromium, launchChromium } from './chromium.ts'
import { type ProviderProcess, runCliJson, runProvider, temporaryDirectory } from './running-provider.ts'
import { signer } from './signer.ts'

const password = 'correct horse battery'
/** Where to put pictures of every page; none are taken without it. */
const pictures = process.env['COUNTERSIGN_SCREENSHOTS']

const devices = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } }

interface Keys {
  readonly key: string
  readonly secret: string
}

describe.skipIf(!hasChromium())('in Chromium', { timeout: 120_000 }, () => {
  const directory = temporaryDirectory()
  let provider: ProviderProcess
  let callback: Server
  let callbackUrl: string
  let album: Keys
  let browser: Browser
  let page: Page
  const calls: string[] = []

  beforeAll(async () => {
    callback = createServer((req, res) => {
      calls.push(req.url ?? '')
      res.setHeader('content-type', 'text/html').end('<title>Back at the client</title>')
    }).listen(0, '127.0.0.1')
    await once(callback, 'listening')
    callbackUrl = `http://127.0.0.1:${(callback.address() as AddressInfo).port}/cb`
    await runCliJson(directory.path, ['user', 'add', '--name', 'paula', '--password', password])
    const client = ['client', 'add', '--name', 'Album', '--user', 'paula', '--callback', callbackUrl]
    const { clientId, clientSecret } = await runCliJson<{ clientId: string; clientSecret: string }>(
      directory.path,
      [...client, '--callback', 'com.example.album://granted'],
    )
    album = { key: clientId, secret: clientSecret }
    provider = await runProvider(directory.path)
    browser = await launchChromium()
  })
  // A browser of its own for each test: no cookie and no half-done navigation of another.
  beforeEach(async () => {
    page = await browser.newPage({ baseURL: provider.url })
  })
  afterEach(() => page.close())
  afterAll(async () => {
    await browser?.close()
    callback.close()
    await provider?.stop()
    directory.remove()
  })

  async function temporaryCredential(oauthCallback: string): Promise<Keys> {
    const answer = await signer(provider.url, album)('POST', '/oauth/initiate', {
      oauth_callback: oauthCallback,
    })
    const pairs = new URLSearchParams(await answer.text())
    return { key: pairs.get('oauth_token') ?? '', secret: pairs.get('oauth_token_secret') ?? '' }
  }

  async function signIn(): Promise<void> {
    await page.goto('/sign-in')
    await page.getByLabel('User name').fill('paula')
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'Hello, paula' }).waitFor()
  }

  /** Looks at the open page in both sizes and colour schemes: no fault that axe-core can find, nothing cut off. */
  async function inspect(name: string): Promise<void> {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      for (const [device, viewport] of Object.entries(devices)) {
        await page.setViewportSize(viewport)
        const overflow = await page.evaluate('document.documentElement.scrollWidth - window.innerWidth')
        expect(overflow, `${name} ${device}`).toBeLessThanOrEqual(0)
        const path = `${pictures}/${name}-${device}-${colorScheme}.png`
        if (pictures) await page.screenshot({ path, fullPage: true })
      }
      // The policy allows no scripts: the checker is brought in from outside the page.
      await page.evaluate(axe.source)
      const { violations } = await page.evaluate<AxeResults>('axe.run()')
      const faults = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
      expect(faults, `${name} ${colorScheme}`).toEqual([])
    }
  }

  it('every page is sound, from the start page to the last refusal', async () => {
    const faults: string[] = []
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
    await page.goto('/')
    await inspect('home')
    await page.getByRole('link', { name: 'Sign up' }).first().click()
    await inspect('sign-up')
    await page.getByLabel('User name').fill('paula')
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Sign up' }).click()
    await inspect('sign-up-refused')
    const temporary = await temporaryCredential('oob')
    await page.goto(`/oauth/authorize?oauth_token=${temporary.key}`)
    await inspect('sign-in-to-decide')
    await page.getByLabel('User name').fill('paula')
    await page.getByLabel('Password').fill('wrong password')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await inspect('sign-in-refused')
    await page.getByLabel('Password').fill(password)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Give Album access to your account?' }).waitFor()
    await inspect('consent-oob')
    await page.getByRole('button', { name: 'Allow' }).click()
    await inspect('verifier')
    const oauth_verifier = await page.locator('code.code').innerText()
    await signer(provider.url, album, temporary)('POST', '/oauth/token', { oauth_verifier })
    await page.goto('/')
    await inspect('home-signed-in')
    await page.goto('/authorizations')
    await inspect('access')
    await page.getByRole('button', { name: 'Revoke access of Album' }).click()
    await inspect('access-none')
    await page.getByRole('link', { name: 'Clients' }).click()
    await inspect('clients')
    await page.getByRole('link', { name: 'Register a client' }).click()
    await inspect('client-new')
    await page.getByLabel('Name').fill('A client with quite a long name, so that lines must break somewhere')
    await page.getByLabel('Callback URLs').fill('nonsense')
    await page.getByRole('button', { name: 'Register' }).click()
    await inspect('client-refused')
    await page.getByLabel('Callback URLs').fill(`https://photos.example.com/${'long/'.repeat(30)}cb`)
    await page.getByRole('button', { name: 'Register' }).click()
    await inspect('client-secret')
    await page.getByRole('link', { name: 'Done' }).click()
    await page.getByRole('link', { name: /A client with/ }).click()
    await page.getByText('Delete this client').click()
    await inspect('client')
    await page.getByRole('button', { name: /^Delete A client/ }).click()
    await page.goto(`/oauth/authorize?oauth_token=${(await temporaryCredential('oob')).key}`)
    await page.getByRole('button', { name: 'Deny' }).click()
    await inspect('denied')
    await page.goto('/nowhere')
    await inspect('not-found')
    await page.goto('/oauth/authorize?oauth_token=unknown')
    await inspect('request-unknown')
    // A refused form and a missing page are told to the console as what they are; nothing else is.
    expect(faults.filter((fault) => !/status of 4(?:04|22)/.test(fault))).toEqual([])
  })

  it('comes back to a client on another origin under the policy of the consent page', async () => {
    await signIn()
    const { key } = await temporaryCredential(`${callbackUrl}?state=1`)
    await page.goto(`/oauth/authorize?oauth_token=${key}`)
    await inspect('consent')
    await page.getByRole('button', { name: 'Allow' }).click()
    await page.waitForURL(/\/cb\?state=1&oauth_token=.*&oauth_verifier=/)
    expect(await page.title()).toBe('Back at the client')
    expect(calls.some((url) => url.startsWith('/cb?state=1&oauth_token='))).toBe(true)
  })

  it('hands a callback of an own scheme to the browser under the policy of the consent page', async () => {
    await signIn()
    const { key } = await temporaryCredential('com.example.album://granted')
    await page.goto(`/oauth/authorize?oauth_token=${key}`)
    const blocked: string[] = []
    page.on(
      'console',
      (message) => /Content Security Policy/.test(message.text()) && blocked.push(message.text()),
    )
    const redirect = page.waitForResponse((answer) => answer.request().method() === 'POST')
    await page.getByRole('button', { name: 'Allow' }).click()
    expect((await (await redirect).allHeaders())['location']).toMatch(
      /^com\.example\.album:\/\/granted\?oauth_token=/,
    )
    expect(blocked).toEqual([])
  })

  it('sends a form of ours from a page without referrer, and it is taken for ours', async () => {
    await signIn()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('link', { name: 'Sign in' }).first().waitFor()
  })
})
