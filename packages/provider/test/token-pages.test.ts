import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { available } from '../../countersign/test/services.ts'
import { launchChromium } from './chromium.ts'
import { inspectPage } from './page-inspection.ts'
import { signer } from './signer.ts'
import { openSite, password } from './site.ts'

const scopes = `photos:read see your photos
photos:write add, change and delete photos, also those that you share with others in your albums
authorizations:read see which applications have access to your account
${'long:'.repeat(20)} ${'do something with a very long name '.repeat(5)}`

describe.skipIf(!(await available('chromium')))(
  'pages of scopes and tokens, in Chromium',
  { timeout: 120_000 },
  () => {
    const site = openSite({
      SCOPES: scopes,
      OAUTH1_TOKEN_LIFETIME_SECONDS: '2592000',
      OAUTH1_TOKEN_IDLE_SECONDS: '604800',
    })
    let browser: Browser
    let page: Page

    beforeAll(async () => {
      browser = await launchChromium()
      await site.member('paula')
      page = await browser.newPage({ baseURL: site.provider.url })
      await page.goto('/sign-in')
      await page.getByLabel('User name').fill('paula')
      await page.getByLabel('Password').fill(password)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByRole('heading', { name: 'Your account' }).waitFor()
    })
    afterAll(() => browser?.close())

    const inspect = (name: string) => inspectPage(page, name)
    const press = (name: string) => page.getByRole('button', { name, exact: true }).click()
    const follow = (name: string) => page.getByRole('link', { name, exact: true }).click()
    const shown = () => page.locator('dd.secret code').allInnerTexts()

    async function register(name: string) {
      await page.goto('/clients/new')
      await page.getByLabel('Name').fill(name)
      await press('Register')
      await page.getByText('Copy the secret now.').waitFor()
      const [key = '', secret = ''] = await shown()
      return { key, secret }
    }

    it('a user allows less than was asked for, and sees what each application can do', async () => {
      for (const name of ['Album', 'Printer']) {
        const client = await register(name)
        const send = signer(site.provider.url, client)
        const scope = scopes.split('\n').map((line) => line.split(' ')[0])
        const response = await send('POST', '/oauth/initiate', {
          oauth_callback: 'oob',
          scope: scope.join(' '),
        })
        const pairs = new URLSearchParams(await response.text())
        const temporary = {
          key: pairs.get('oauth_token') ?? '',
          secret: pairs.get('oauth_token_secret') ?? '',
        }
        await page.goto(`/oauth/authorize?oauth_token=${temporary.key}`)
        if (name === 'Album') await inspect('consent-scopes')
        await page.getByLabel('add, change and delete photos').uncheck()
        await press('Allow')
        const oauth_verifier = await page.locator('code.code').innerText()
        const token = await signer(site.provider.url, client, temporary)('POST', '/oauth/token', {
          oauth_verifier,
        })
        expect(new URLSearchParams(await token.text()).get('scope')).toBe(scope.toSpliced(1, 1).join(' '))
      }
      await page.goto('/authorizations')
      await inspect('access-scopes')
      await page.getByText('Revoke all access').first().click()
      await inspect('access-revoke-all')
      await press('Revoke all access')
      await page.getByText('No application has access to your account.').waitFor()
    })

    it('a developer issues a token for own use, brings one along, and revokes all', async () => {
      const { key } = await register('Diary')
      await follow('Tokens')
      await inspect('tokens-none')
      await page.getByLabel('see your photos').check()
      await press('Issue a token')
      await page.getByText('Copy the token and its secret now.').waitFor()
      await inspect('token-issued')
      await page.goto(`/clients/${key}/tokens`)
      await page.getByText('Use a token and secret').click()
      await page.getByLabel('Token', { exact: true }).fill('has-no-secret')
      await press('Issue a token')
      await inspect('token-refused')
      await page.getByText('Revoke all tokens of this client').click()
      await inspect('tokens')
      await press('Revoke all tokens')
      await page.getByText('All access was revoked.').waitFor()
      await inspect('tokens-revoked')
    })

    it('a developer edits a client, replaces its secret, and brings a key along', async () => {
      await register('A client with quite a long name, so that lines must break somewhere')
      await follow('Edit')
      await inspect('client-edit')
      await page.getByLabel('Callback URLs').fill('not-a-callback')
      await press('Save')
      await inspect('client-edit-refused')
      await page.getByLabel('Callback URLs').fill('https://album.example/cb')
      await press('Save')
      await page.getByText('The changes were saved.').waitFor()
      await follow('Replace the secret')
      await page.locator('summary', { hasText: 'Use your own secret' }).click()
      await page.getByLabel('Client secret').fill('short')
      await press('Replace the secret')
      await inspect('client-secret-refused')
      await page.getByLabel('Client secret').fill('')
      await press('Replace the secret')
      await page.getByText('Copy the secret now.').waitFor()
      await inspect('client-new-secret')
      await page.goto('/clients/new')
      await page.getByText('Use a key and secret').click()
      await page.getByLabel('Name').fill('Own')
      await page.getByLabel('Client key').fill('a/b')
      await press('Register')
      await inspect('client-own-key-refused')
      await page.getByLabel('Client key').fill('own.key')
      await page.getByLabel('Client secret').fill('own-secret')
      await press('Register')
      expect(await shown()).toEqual(['own.key', 'own-secret'])
    })
  },
)
