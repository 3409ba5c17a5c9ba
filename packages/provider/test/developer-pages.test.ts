import { percentEncode } from 'countersign/protocol'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { signed } from '../../../test/support/signer.ts'
import { available } from '../../countersign/test/services.ts'
import { launchChromium } from './chromium.ts'
import { inspectPage } from './page-inspection.ts'
import { openSite, password } from './site.ts'

describe.skipIf(!(await available('chromium')))(
  'pages for developers, in Chromium',
  { timeout: 120_000 },
  () => {
    const site = openSite()
    let browser: Browser
    let page: Page
    let key: string
    let secret: string
    let members = 0

    beforeAll(async () => {
      browser = await launchChromium()
    })
    afterAll(() => browser?.close())
    beforeEach(async () => {
      const name = `developer${++members}`
      const callbacks = `${site.provider.url}/playground/callback`
      ;({ key, secret } = await site.register(await site.member(name), { name: 'Album', callbacks }))
      page = await browser.newPage({ baseURL: site.provider.url })
      await page.goto('/sign-in')
      await page.getByLabel('User name').fill(name)
      await page.getByLabel('Password').fill(password)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByRole('heading', { name: 'Your account' }).waitFor()
    })
    afterEach(() => page.close())

    const inspect = (name: string) => inspectPage(page, name)
    const press = (name: string) => page.getByRole('button', { name, exact: true }).click()
    const follow = (name: string) => page.getByRole('link', { name, exact: true }).click()
    const response = (status: string) => page.getByRole('status').getByText(status).waitFor()

    it('the dance is sound at every step', async () => {
      await follow('Playground')
      await inspect('playground')
      await follow('Album')
      await inspect('playground-initiate')
      await page.getByLabel('oauth_callback', { exact: true }).fill('oob')
      await press('Sign and send')
      await response('200 OK')
      await inspect('playground-initiated')
      await follow('Go on: approve it')
      await inspect('playground-approve')
      const consent = page.waitForEvent('popup')
      await follow('Open the consent page')
      const popup = await consent
      await popup.getByRole('button', { name: 'Allow' }).click()
      await popup.locator('code.code').waitFor()
      await popup.close()
      await follow('I have decided')
      await inspect('playground-approved')
      await follow('Go on to the token')
      await inspect('playground-token')
      await press('Sign and send')
      await response('200 OK')
      await inspect('playground-token-issued')
      await press('Go on: use the token')
      await inspect('playground-request')
      await press('Sign and send')
      await response('200 OK')
    })

    it('shows what breaks where a field is changed', async () => {
      await page.goto(`/playground/${key}/request`)
      await follow('/api/echo')
      await page.getByLabel('Leave out oauth_token').check()
      await inspect('playground-echo')
      const baseString = page.getByLabel('Base string', { exact: true })
      await baseString.fill((await baseString.inputValue()).replace('%2521', '%21'))
      await press('Sign and send')
      await response('401')
      await page.getByText('First difference').waitFor()
      await inspect('playground-refused')
      await baseString.fill('')
      await page.getByLabel('Leave out oauth_timestamp').check()
      await press('Sign and send')
      await response('400')
      await inspect('playground-refused-without-timestamp')
      await page.getByLabel('Address', { exact: true }).fill('https://elsewhere.example/')
      await press('Sign only')
      await page.getByRole('alert').waitFor()
      await inspect('playground-fault')
    })

    it('comes back from the consent page to the callback of the playground', async () => {
      await page.goto(`/playground/${key}/initiate`)
      await press('Sign and send')
      await follow('Go on: approve it')
      const consent = page.waitForEvent('popup')
      await follow('Open the consent page')
      const popup = await consent
      await popup.getByRole('button', { name: 'Allow' }).click()
      await popup.waitForURL(/\/playground\/callback\?/)
      await popup.getByRole('button', { name: 'Sign and send' }).click()
      await popup.getByRole('status').getByText('200 OK').waitFor()
    })

    it('explains pasted requests, in sound pages', async () => {
      const url = `${site.provider.url}/api/echo?title=a%20summer%20day&place=${'very%2Flong%2F'.repeat(12)}&b=2`
      const request = signed({ url, client: { clientId: key, clientSecret: secret } })
      const headers = `-H 'Authorization: ${request.headers['authorization']}'`
      const pasted = page.getByLabel('Request or base string')
      await follow('Explain a signature')
      await inspect('explain')
      await press('Explain')
      await inspect('explain-nothing')
      await pasted.fill(`curl '${url}' ${headers}`)
      await press('Explain')
      await page.getByText('The signature is right.').waitFor()
      await inspect('explain-right')
      await pasted.fill(`curl '${url.replace('&b=2', '')}' ${headers}`)
      await press('Explain')
      await page.getByText('Known facts').waitFor()
      await inspect('explain-unexplained')
      await pasted.fill(`curl '${url}' ${headers} -X POST`)
      await page
        .getByLabel('Base string that your client signed')
        .fill(`get&${percentEncode(site.provider.url)}&oauth_consumer_key%3D${key}%26b%3D2`)
      await press('Explain')
      await page.getByText('It is not what the server expects for this request.').waitFor()
      await inspect('explain-compared')
      await pasted.fill(`GET&${percentEncode(`${site.provider.url}/`)}&b%3D2%26a%3D1`)
      await page.getByLabel('Base string that your client signed').fill('')
      await press('Explain')
      await page.getByText('Its form is wrong').waitFor()
      await inspect('explain-base-string')
      expect(await page.content()).not.toContain(secret)
    })

    it('has names of the utmost length in their place', async () => {
      await page.goto('/clients/new')
      await page.getByLabel('Name').fill('W'.repeat(100))
      await press('Register')
      await page.getByText('Copy the secret now.').waitFor()
      await follow('Try it in the playground')
      await inspect('playground-long-name')
      await page.goto('/explain')
      await inspect('explain-long-name')
    })
  },
)
