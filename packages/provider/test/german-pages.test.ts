import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { available } from '../../countersign/test/services.ts'
import { launchChromium } from './chromium.ts'
import { inspectPage } from './page-inspection.ts'
import { runCliJson, temporaryDirectory } from './running-provider.ts'
import { signer } from './signer.ts'
import { openSite, password } from './site.ts'

const files = temporaryDirectory()
const logo = join(files.path, 'logo.svg')
writeFileSync(
  logo,
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 16"><rect width="64" height="16" rx="4" fill="#ffcc00"/></svg>',
)

describe.skipIf(!(await available('chromium')))(
  'the pages of an operator in German',
  { timeout: 240_000 },
  () => {
    const site = openSite({
      BRAND_NAME: 'Versicherungskammer Donaudampfschifffahrt',
      BRAND_LOGO_FILE: logo,
      BRAND_COLOR: '#ffcc00',
      SUPPORT_URL: 'https://kammer.example/hilfe',
      TERMS_URL: 'https://kammer.example/agb',
      PRIVACY_URL: 'https://kammer.example/datenschutz',
      SCOPES:
        'vertraege:read Ihre Versicherungsverträge und Schadensmeldungen der letzten zehn Jahre einsehen',
    })
    let browser: Browser
    let page: Page

    beforeAll(async () => {
      browser = await launchChromium()
      page = await browser.newPage({ baseURL: site.provider.url, locale: 'de-DE' })
    })
    afterAll(async () => {
      await browser?.close()
      files.remove()
    })

    const inspect = (name: string) => inspectPage(page, `german-${name}`)
    const heading = (name: string) => page.getByRole('heading', { name, level: 1 }).waitFor()

    it('fit on every device, from signing up to the end of an access', async () => {
      const faults: string[] = []
      page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
      await page.goto('/')
      expect(await page.locator('html').getAttribute('lang')).toBe('de')
      await inspect('welcome')
      await page.goto('/sign-up')
      await page.getByLabel('Benutzername').fill('erika')
      await page.getByLabel('Passwort').fill(password)
      await inspect('sign-up')
      await page.getByRole('button', { name: 'Registrieren' }).click()
      await page.getByText('Ihr Konto wurde angelegt').waitFor()
      await inspect('home')
      const add = ['client', 'add', '--name', 'Steuererklärungsassistent', '--user', 'erika']
      const { clientId, clientSecret } = await runCliJson<{ clientId: string; clientSecret: string }>(
        site.directory,
        [...add, '--callback', 'https://steuererklaerungsassistent.example/cb'],
      )
      const keys = { key: clientId, secret: clientSecret }
      const oob = await site.temporaryCredential(keys, 'oob')
      await page.goto(`/oauth/authorize?oauth_token=${oob.key}`)
      await heading('Steuererklärungsassistent möchte Zugriff auf Ihr Konto')
      await inspect('consent')
      await page.getByRole('button', { name: 'Erlauben' }).click()
      await page.locator('code.code').waitFor()
      await inspect('code')
      const oauth_verifier = await page.locator('code.code').innerText()
      const response = await signer(site.provider.url, keys, oob)('POST', '/oauth/token', { oauth_verifier })
      expect(response.status).toBe(200)
      await page.goto('/authorizations')
      await inspect('connected-apps')
      const web = await site.temporaryCredential(keys, 'https://steuererklaerungsassistent.example/cb')
      await page.goto(`/oauth/authorize?oauth_token=${web.key}`)
      await inspect('consent-website')
      await page.goto('/account')
      await inspect('account')
      for (const details of await page.locator('main summary').all()) await details.click()
      await inspect('account-open')
      await page.goto('/sign-in')
      await page.context().clearCookies()
      await page.goto(`/oauth/authorize?oauth_token=${web.key}`)
      await page.getByLabel('Passwort').fill('falsches Passwort')
      await page.getByLabel('Benutzername').fill('erika')
      await page.getByRole('button', { name: 'Anmelden' }).click()
      await page.getByRole('alert').waitFor()
      await inspect('sign-in-refused')
      await page.goto('/nirgends')
      await heading('Seite nicht gefunden')
      await inspect('not-found')
      expect(faults.filter((fault) => !/status of 4(?:04|22)/.test(fault))).toEqual([])
    })
  },
)
