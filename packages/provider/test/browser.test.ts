import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { available } from '../../countersign/test/services.ts'
import { openDatabase } from '../src/database/database.ts'
import { launchChromium } from './chromium.ts'
import { devices, inspectPage, measure } from './page-inspection.ts'
import { type ProviderProcess, runCliJson, runProvider, temporaryDirectory } from './running-provider.ts'
import { sendSigned, signer, wronglySigned } from './signer.ts'

const password = 'correct horse battery'

interface Keys {
  readonly key: string
  readonly secret: string
}

describe.skipIf(!(await available('chromium')))('in Chromium', { timeout: 120_000 }, () => {
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
    await runCliJson(directory.path, ['user', 'add', '--name', 'paula'], {
      COUNTERSIGN_PASSWORD: password,
    })
    const client = ['client', 'add', '--name', 'Album', '--user', 'paula', '--callback', callbackUrl]
    const { clientId, clientSecret } = await runCliJson<{ clientId: string; clientSecret: string }>(
      directory.path,
      [...client, '--callback', 'com.example.album://granted'],
    )
    album = { key: clientId, secret: clientSecret }
    // So that the start page has something to enumerate.
    for (const name of ['Calendar', 'Printer', 'Zoetrope'])
      await runCliJson(directory.path, ['client', 'add', '--name', name, '--user', 'paula'])
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

  async function temporaryCredential(oauthCallback: string, client = album): Promise<Keys> {
    const response = await signer(provider.url, client)('POST', '/oauth/initiate', {
      oauth_callback: oauthCallback,
    })
    const pairs = new URLSearchParams(await response.text())
    return { key: pairs.get('oauth_token') ?? '', secret: pairs.get('oauth_token_secret') ?? '' }
  }

  async function signIn(): Promise<void> {
    await page.goto('/sign-in')
    await page.getByLabel('User name').fill('paula')
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'Your account' }).waitFor()
  }

  const inspect = (name: string) => inspectPage(page, name)

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
    await page.getByRole('heading', { name: 'Album wants access to your account' }).waitFor()
    await inspect('consent-oob')
    await page.getByRole('button', { name: 'Allow' }).click()
    await inspect('verifier')
    const oauth_verifier = (await page.locator('code.code').innerText()).replace('-', '')
    await signer(provider.url, album, temporary)('POST', '/oauth/token', { oauth_verifier })
    await page.goto('/')
    await inspect('home-signed-in')
    await page.goto('/authorizations')
    await inspect('access')
    await page.locator('.confirm summary').first().click()
    await page.getByRole('button', { name: 'Revoke access of Album' }).click()
    await inspect('access-none')
    await page.getByRole('link', { name: 'Clients', exact: true }).click()
    await inspect('clients')
    await page.getByRole('link', { name: 'Register a client' }).click()
    await inspect('client-new')
    await page.getByLabel('Name').fill('A client with quite a long name, so that lines must break somewhere')
    await page.getByLabel('Callback URLs').fill('album.example/cb\nlocalhost:3000/cb\nhttps://ok.example/cb')
    await page.getByRole('button', { name: 'Register' }).click()
    await inspect('client-refused')
    await page.getByLabel('Callback URLs').fill(`https://photos.example.com/${'long/'.repeat(30)}cb`)
    await page.getByRole('button', { name: 'Register' }).click()
    await inspect('client-secret')
    await page.getByRole('link', { name: 'Done' }).click()
    await page.getByRole('link', { name: /A client with/ }).click()
    await inspect('client-closed')
    await page.getByRole('link', { name: 'Delete', exact: true }).click()
    await inspect('client')
    await page.getByRole('button', { name: 'Delete for good' }).click()
    await page.goto(`/oauth/authorize?oauth_token=${(await temporaryCredential('oob')).key}`)
    await page.getByRole('button', { name: 'Deny' }).click()
    await inspect('denied')
    await page.goto('/nowhere')
    await inspect('not-found')
    await page.goto('/oauth/authorize?oauth_token=unknown')
    await inspect('request-unknown')
    // A refused form and a missing page are told to the console as what they are; nothing else is.
    expect(faults.filter((fault) => !/status of 4(?:04|09|22)/.test(fault))).toEqual([])
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
    const redirect = page.waitForResponse((response) => response.request().method() === 'POST')
    await page.getByRole('button', { name: 'Allow' }).click()
    expect((await (await redirect).allHeaders())['location']).toMatch(
      /^com\.example\.album:\/\/granted\?oauth_token=/,
    )
    expect(blocked).toEqual([])
  })

  it('sends a form of ours from a page without referrer, and it is taken for ours', async () => {
    await signIn()
    await page.locator('details.who > summary').click()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('link', { name: 'Sign in' }).first().waitFor()
  })

  /** Goes through the flow as the client: what it gets for the code. */
  async function redeem(temporary: Keys, oauth_verifier: string): Promise<void> {
    const response = await signer(provider.url, album, temporary)('POST', '/oauth/token', { oauth_verifier })
    expect(response.status).toBe(200)
  }

  it('shows developers why their requests were refused, and lets them go live', async () => {
    await signIn()
    await page.goto('/clients/new')
    await page.getByLabel('Name').fill('Diary')
    await page.getByRole('button', { name: 'Register' }).click()
    await page.getByRole('heading', { name: 'Mode: development' }).waitFor()
    const [key = '', secret = ''] = await page.locator('dd.secret code').allInnerTexts()
    const url = `${provider.url}/api/echo?title=a%20summer%20day&place=${'very/long/'.repeat(12)}&b=2`
    const client = { clientId: key, clientSecret: secret }
    await sendSigned({ url, client, sign: wronglySigned((base) => base.replaceAll('%2520', '%2B')) })
    await sendSigned({ url, client, sign: wronglySigned((base) => base.replace('b%3D2%26', '')) })
    await sendSigned({ url, client: { ...client, clientSecret: 'another' } })
    await temporaryCredential('oob', { key, secret })
    await expect.poll(() => rowsOfRequests()).toBe(4)
    await inspect('client-requests')
    await page.getByRole('link', { name: 'All requests' }).click()
    await heading('Recent requests from Diary')
    await inspect('requests')
    for (const [index, name] of [
      [0, 'refusal-unproven'],
      [1, 'refusal-left-out'],
      [2, 'refusal-encoding'],
    ] as const) {
      await page.goto(`/clients/${key}/requests`)
      await page.locator('ul.rows a').nth(index).click()
      await heading('Why this request was refused')
      await inspect(name)
    }
    await page.getByRole('link', { name: 'Back to the client' }).click()
    await page.getByRole('button', { name: 'Go live' }).click()
    await page.getByRole('heading', { name: 'Mode: live' }).waitFor()
    await inspect('client-live')
    await page.getByRole('button', { name: 'Back to development' }).click()
    await page.getByText('The client is now in development.').waitFor()
  })

  async function rowsOfRequests(): Promise<number> {
    await page.reload()
    return page.locator('ul.rows > li').count()
  }

  const shownCode = async () => (await page.locator('code.code').innerText()).replace('-', '')
  const heading = (name: string) => page.getByRole('heading', { name, level: 1 }).waitFor()

  // The first eight can be registered; the others could stand in a database that another program filled.
  it.each([
    ['of one letter without a space', 'W'.repeat(100)],
    ['of many words', 'An application with quite a long name and so on '.repeat(2)],
    ['from right to left', 'استوديو الصور — تطبيق (v2)'],
    [
      'with towers of combining marks',
      `Z${'\u0338\u0322\u031b\u0326'.repeat(8)}a${'\u0300\u0310'.repeat(30)}`,
    ],
    ['of emoji', '👩‍👩‍👧‍👦'.repeat(9)],
    ['with quotes', '“Söhne” & "Co" <b>'],
    ['of wide signs', '﷽'.repeat(100)],
    ['with hyphens and slashes', 'a-/'.repeat(33)],
    ['that turns the text around', '\u202e\u2066moc.elgoog\u202e'],
    ['that cannot be seen', '\u200b\u3164'],
    ['with lines', 'One\nTwo\r\n\tThree'],
    ['that is endless', 'endless '.repeat(500)],
  ])('a client’s name %s stays in its place on every page', async (what, name) => {
    const file = join(directory.path, 'data/countersign.sqlite')
    const rename = async (to: string) => {
      const db = await openDatabase(file)
      await db.updateTable('oauth_client').set({ name: to }).where('client_id', '=', album.key).execute()
      await db.destroy()
    }
    // A scheme has colours of its own and nothing else, as every page is measured in both of them elsewhere.
    const check = (where: string) => measure(page, `${where} ${what}`, devices, ['light'])
    await rename(name)
    const temporary = await temporaryCredential('oob')
    const request = `/oauth/authorize?oauth_token=${temporary.key}`
    await page.goto(request)
    await check('sign in')
    await page.getByRole('link', { name: 'Sign up' }).last().click()
    await check('sign up')
    await signIn()
    await page.goto(request)
    await page.getByRole('button', { name: 'Allow' }).waitFor()
    await check('consent')
    await page.setViewportSize(devices.phone)
    for (const decision of ['Deny', 'Allow']) {
      const { y, height } = (await page.getByRole('button', { name: decision }).boundingBox()) ?? fail()
      expect(y + height, `${decision} is above the fold`).toBeLessThan(devices.phone.height)
    }
    await page.getByRole('button', { name: 'Allow' }).click()
    await page.locator('code.code').waitFor()
    await check('code')
    await redeem(temporary, await shownCode())
    await page.reload()
    await heading('You allowed access')
    await check('decided')
    for (const path of ['/', '/authorizations', '/clients', `/clients/${album.key}`]) {
      await page.goto(path)
      for (const details of await page.locator('summary').all()) await details.click()
      await check(path)
    }
    await page.goto('/authorizations')
    await page.locator('.confirm summary').first().click()
    await page.getByRole('button', { name: 'Revoke' }).click()
    await page.getByRole('status').waitFor()
    await check('revoked')
    await rename('Album')
  })

  it('users, hosts, schemes and callbacks of the utmost length stay in their place', async () => {
    const host = `${'long-label-'.repeat(5)}x.`.repeat(4)
    const callbacks = [
      `https://${host}example/cb`,
      `http://${host}example:8080/cb?${'q'.repeat(300)}`,
      `com.${'very'.repeat(40)}.long:/cb`,
      'http://[2001:db8::1]:8080/cb',
    ]
    await page.goto('/sign-up')
    await page.getByLabel('User name').fill('w'.repeat(64))
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Sign up' }).click()
    await page.getByText('Your account was created').waitFor()
    await inspect('long-signed-up')
    await page.goto('/clients/new')
    await page.getByLabel('Name').fill('Long')
    await page.getByLabel('Callback URLs').fill(callbacks.map((line) => `${line}#fragment`).join('\n'))
    await page.getByRole('button', { name: 'Register' }).click()
    await inspect('long-refused')
    await page.getByLabel('Callback URLs').fill(callbacks.join('\n'))
    await page.getByRole('button', { name: 'Register' }).click()
    await page.getByText('Copy the secret now.').waitFor()
    await inspect('long-client')
    const [key = '', secret = ''] = await page.locator('dd.secret code').allInnerTexts()
    for (const [index, callback] of callbacks.entries()) {
      const temporary = await temporaryCredential(callback, { key: key.trim(), secret: secret.trim() })
      await page.goto(`/oauth/authorize?oauth_token=${temporary.key}`)
      await page.getByRole('button', { name: 'Allow' }).waitFor()
      await inspect(`long-consent-${index}`)
    }
  })

  it('registers one client, whether its page is reloaded, left or come back to', async () => {
    await signIn()
    await page.goto('/clients/new')
    await page.getByLabel('Name').fill('Reloaded')
    await page.getByRole('button', { name: 'Register' }).click()
    await heading('Reloaded is registered')
    const address = page.url()
    expect(await page.locator('dd.secret').count()).toBe(2)
    await page.reload()
    await heading('Reloaded')
    expect(await page.locator('dd.secret').count()).toBe(1)
    await page.goBack()
    await heading('Register a client')
    await page.goForward()
    await heading('Reloaded')
    expect(page.url()).toBe(address)
    await page.goto('/clients')
    expect(await page.getByRole('link', { name: 'Reloaded' }).count()).toBe(1)
    await page.goto(address)
    await page.getByRole('link', { name: 'Delete', exact: true }).click()
    await page.getByRole('button', { name: 'Delete for good' }).click()
    await page.getByText('Reloaded was deleted.').waitFor()
    await page.reload()
    expect(await page.getByText('Reloaded').count()).toBe(0)
  })

  it('shows a code again on reload until it was used, and then what was decided', async () => {
    await signIn()
    const temporary = await temporaryCredential('oob')
    await page.goto(`/oauth/authorize?oauth_token=${temporary.key}`)
    await page.getByRole('button', { name: 'Allow' }).click()
    await page.locator('code.code').waitFor()
    const code = await shownCode()
    await page.reload()
    expect(await shownCode()).toBe(code)
    await page.locator('code.code').click()
    expect(await page.evaluate('String(getSelection())')).toContain(code.slice(0, 5))
    await redeem(temporary, code)
    await page.reload()
    await heading('You allowed access')
    await page.goto('/')
    await page.goBack()
    await heading('You allowed access')
  })

  it.each(['Allow', 'Deny'])('says what was decided to who comes back after %s', async (decision) => {
    await signIn()
    const { key } = await temporaryCredential(callbackUrl)
    await page.goto(`/oauth/authorize?oauth_token=${key}`)
    await page.getByRole('button', { name: decision }).click()
    await page.waitForURL(/\/cb\?/)
    await page.goBack()
    await heading(decision === 'Allow' ? 'You allowed access' : 'You denied access')
    await page.reload()
    await page.getByText('Already decided').waitFor()
  })

  it('keeps the request when another account is to decide', async () => {
    await signIn()
    const { key } = await temporaryCredential('oob')
    await page.goto(`/oauth/authorize?oauth_token=${key}`)
    await page.locator('.account').getByRole('button', { name: 'Use another account' }).click()
    await page.getByText('Album asks for access to your account.').waitFor()
    await page.getByRole('link', { name: 'Sign up' }).first().click()
    await page.getByText('Album asks for access to your account.').waitFor()
    await page.getByLabel('User name').fill('quentin')
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Sign up' }).click()
    await heading('Album wants access to your account')
    expect(await page.locator('.account').innerText()).toContain('signed in as quentin')
    await page.locator('details.who > summary').click()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByText('Album asks for access to your account.').waitFor()
  })

  it('comes back to the page that the session ended on', async () => {
    await signIn()
    await page.goto(`/clients/${album.key}`)
    await page.context().clearCookies()
    await page.reload()
    await page.getByLabel('User name').fill('paula')
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await heading('Album')
    expect(new URL(page.url()).pathname).toBe(`/clients/${album.key}`)
  })
})

function fail(): never {
  throw new Error('It has no place on the page.')
}
