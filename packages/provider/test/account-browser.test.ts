import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { available } from '../../countersign/test/services.ts'
import { openSession } from '../src/accounts/sessions.ts'
import { createInvitation, createProvider, type Provider, registerClient } from '../src/index.ts'
import { launchChromium } from './chromium.ts'
import { type RunningIdentityProvider, runIdentityProvider } from './identity-provider/running.ts'
import { devices, inspectPage } from './page-inspection.ts'
import { signer } from './signer.ts'
import { password } from './site.ts'

describe.skipIf(!(await available('chromium')))('accounts in Chromium', { timeout: 180_000 }, () => {
  let company: RunningIdentityProvider
  let provider: Provider
  let browser: Browser
  let page: Page

  beforeAll(async () => {
    company = await runIdentityProvider()
    const oidc = { ...company.settings, name: 'Example Corp' }
    const brand = { name: 'Example Photos', supportUrl: 'https://example.com/help' }
    const settings = { port: 0, database: ':memory:', logLevel: 'silent', oidc, brand } as const
    provider = await createProvider({ ...settings, registration: 'invited' })
    await company.allow([`${provider.address}/sign-in/oidc/callback`])
    browser = await launchChromium()
  })
  // A browser of its own for each test: no cookie of another.
  beforeEach(async () => {
    page = await browser.newPage({ baseURL: provider.address })
  })
  afterEach(() => page.close())
  afterAll(async () => {
    await browser?.close()
    await provider?.close()
    await company?.stop()
  })

  const inspect = (name: string) => inspectPage(page, name)
  const heading = (name: string) => page.getByRole('heading', { name, level: 1 }).waitFor()

  async function signInElsewhere(login: string): Promise<void> {
    await page.getByRole('link', { name: 'Sign in with Example Corp' }).click()
    await page.getByPlaceholder('Enter any login').fill(login)
    await page.getByPlaceholder('and password').fill('any')
    await page.getByRole('button', { name: 'Sign-in' }).click()
    await page.getByRole('button', { name: 'Continue' }).click()
  }

  async function requestOf(clientId: string, clientSecret: string): Promise<string> {
    const send = signer(provider.address, { key: clientId, secret: clientSecret })
    const response = await send('POST', '/oauth/initiate', { oauth_callback: 'oob' })
    const oauthToken = new URLSearchParams(await response.text()).get('oauth_token') ?? ''
    return `/oauth/authorize?oauth_token=${oauthToken}`
  }

  it('a visitor comes in by an invitation, looks after the account, and leaves it', async () => {
    const { db } = provider.services
    const faults: string[] = []
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
    const { code } = await createInvitation(db)
    await page.goto('/sign-in')
    await inspect('sign-in-both')
    await page.goto(`/sign-up?invitation=${code}`)
    await inspect('sign-up-invited')
    const name = 'w'.repeat(64)
    await page.getByLabel('User name').fill(name)
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Sign up' }).click()
    await heading('Your account')
    const { id } = await db.selectFrom('user').select('id').where('name', '=', name).executeTakeFirstOrThrow()
    await openSession(db, 'of another browser', id, { browser: 'Samsung Internet, Android' })
    await registerClient(db, { name: 'A very long name of a client '.repeat(3), callbacks: [], ownerId: id })
    await page.locator('details.who > summary').click()
    await inspect('account-menu')
    await page.getByRole('link', { name: 'Account' }).click()
    await heading(name)
    await inspect('account')
    for (const summary of await page.locator('main summary').all()) await summary.click()
    await inspect('account-open')
    await page.getByLabel('Current password').fill('wrong password')
    await page.getByLabel('New password').fill('another password')
    await page.getByRole('button', { name: 'Change' }).click()
    await page.getByText('This is not your current password.').waitFor()
    await inspect('account-refused')
    await page.getByRole('button', { name: /^Sign out Samsung Internet/ }).click()
    await page.getByText('The session was ended.').waitFor()
    await page.getByRole('link', { name: 'Delete the account' }).click()
    await inspect('account-delete')
    await page.getByLabel('Enter your password').fill(password)
    await page.getByRole('button', { name: 'Delete for good' }).click()
    await page.getByText('Your account was deleted.').waitFor()
    await inspect('account-deleted')
    // What was refused is told to the console as what it is.
    expect(faults.filter((fault) => !/status of 4(?:03|09|22)/.test(fault))).toEqual([])
  })

  it('the request of an application is kept on the way to the company and back, and decided by another account', async () => {
    const { db } = provider.services
    const owner = await db.selectFrom('user').select('id').executeTakeFirst()
    const { clientId, clientSecret } = await registerClient(db, {
      name: 'Album',
      callbacks: [],
      ownerId: owner?.id,
    })
    const description =
      'Prints your photos in books and on calendars, and sends them to you and to your friends. '
    await db
      .updateTable('oauth_client')
      .set({ description: description.repeat(3), homepage: 'https://album.example/', verified_at: 1 })
      .where('client_id', '=', clientId)
      .execute()
    await page.goto(await requestOf(clientId, clientSecret))
    await page.getByText('Album asks for access').waitFor()
    await signInElsewhere('Paula')
    await heading('Album wants access to your account')
    await inspect('consent-verified')
    await page.setViewportSize(devices.phone)
    for (const decision of ['Deny', 'Allow']) {
      const box = await page.getByRole('button', { name: decision }).boundingBox()
      expect((box?.y ?? 9999) + (box?.height ?? 0)).toBeLessThan(devices.phone.height)
    }
    expect(await page.locator('.user').innerText()).toBe('paula')
    await page.locator('.account').getByRole('button', { name: 'Use another account' }).click()
    await page.getByText('Album asks for access').waitFor()
    // Someone else's browser, as far as the company knows.
    await page.context().clearCookies({ name: /^_session/ })
    await signInElsewhere('quentin')
    await heading('Album wants access to your account')
    expect(await page.locator('.user').innerText()).toBe('quentin')
    await page.getByRole('button', { name: 'Allow' }).click()
    await heading('Your code for Album')
  })

  it('the pages around the company’s sign-in are sound, whatever comes of it', async () => {
    await page.goto('/sign-in')
    await page.getByRole('link', { name: 'Sign in with Example Corp' }).click()
    await page.getByRole('link', { name: 'Cancel' }).click()
    await heading('You are not signed in')
    await inspect('elsewhere-denied')
    await page.goto('/sign-in/oidc/callback?state=unknown&code=unknown')
    await heading('This sign-in is no longer valid')
    await inspect('elsewhere-stale')
    const { db } = provider.services
    const { code } = await createInvitation(db)
    await page.goto(`/sign-up?invitation=${code}`)
    await page.getByLabel('User name').fill('renate')
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Sign up' }).click()
    await page.goto('/account/identity')
    await page.getByPlaceholder('Enter any login').fill('renate.of.the.company')
    await page.getByPlaceholder('and password').fill('any')
    await page.getByRole('button', { name: 'Sign-in' }).click()
    await page.getByRole('button', { name: 'Continue' }).click()
    await heading('Sign in with Example Corp from now on?')
    await inspect('elsewhere-link')
    await page.getByLabel('Current password').fill(password)
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByText('You can now sign in with that account, too.').waitFor()
    await inspect('account-linked')
    const { clientId } = await registerClient(db, { name: 'Album', callbacks: [] })
    const { id } = await db
      .selectFrom('user')
      .select('id')
      .where('name', '=', 'renate')
      .executeTakeFirstOrThrow()
    await provider.services.server.issueToken({ clientId, userId: id })
    await page.goto('/authorizations')
    await page.locator('.confirm summary').click()
    await inspect('access-confirm')
    await page.getByRole('button', { name: 'Revoke access of Album' }).click()
    await page.getByText('no longer has access').waitFor()
    await page.goto('/account')
    await page.getByText('Sign out everywhere').first().click()
    await page.getByRole('button', { name: 'Sign out everywhere' }).click()
    await page.getByText('You were signed out everywhere.').waitFor()
    await page.goto('/sign-in')
    await page.setExtraHTTPHeaders({ 'accept-language': 'de' })
    await signInElsewhereInGerman('renate.of.the.company')
    await page.goto('/account')
    for (const summary of await page.locator('main summary').all()) await summary.click()
    await inspect('account-german')
  })

  async function signInElsewhereInGerman(login: string): Promise<void> {
    await page.reload()
    await page.getByRole('link', { name: 'Anmelden mit Example Corp' }).click()
    // Still signed in there: the company asks nothing.
    await page.waitForURL(`${provider.address}/`)
    expect(login).toContain(await page.locator('.user').innerText())
  }
})
