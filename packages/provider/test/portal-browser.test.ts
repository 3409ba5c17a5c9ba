import { generateKeyPairSync } from 'node:crypto'
import type { Browser, Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { available } from '../../countersign/test/services.ts'
import { launchChromium } from './chromium.ts'
import { inspectPage } from './page-inspection.ts'
import { type ProviderProcess, runProvider, temporaryDirectory } from './running-provider.ts'
import { signer } from './signer.ts'

const names = {
  long: 'W'.repeat(100),
  turned: 'استوديو الصور — تطبيق (v2)',
  family: '👩‍👩‍👧‍👦 Photo Album',
}

describe.skipIf(!(await available('chromium')))(
  'the developer’s pages in Chromium',
  { timeout: 300_000 },
  () => {
    const directory = temporaryDirectory()
    let provider: ProviderProcess
    let browser: Browser
    let page: Page
    const faults: string[] = []

    beforeAll(async () => {
      provider = await runProvider(directory.path)
      browser = await launchChromium()
      const context = await browser.newContext({
        baseURL: provider.url,
        permissions: ['clipboard-read', 'clipboard-write'],
      })
      page = await context.newPage()
      page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
      await page.goto('/sign-up')
      await page.getByLabel('User name').fill('paula')
      await page.getByLabel('Password').fill('correct horse battery')
      await page.getByRole('button', { name: 'Sign up' }).click()
    })
    afterAll(async () => {
      await browser?.close()
      await provider?.stop()
      directory.remove()
    })

    async function register(name: string): Promise<string> {
      await page.goto('/clients/new')
      await page.getByLabel('Name', { exact: true }).fill(name)
      await page.getByLabel('Description').fill(`What ${name} is for: printing photos.`)
      await page
        .getByLabel('Home page')
        .fill('https://album.example/with/quite/a/long/path/that/must/break/somewhere')
      await page.getByLabel('Callback URLs').fill('https://album.example/cb\ncom.example.album:/granted')
      await page.getByRole('button', { name: 'Register' }).click()
      return new URL(page.url()).pathname
    }

    it('are sound in every size and scheme, and copy what they show once', async () => {
      await page.goto('/clients')
      await inspectPage(page, 'portal-list-empty')
      const path = await register(names.long)
      await inspectPage(page, 'portal-registered')
      const secret = await page.locator('dd.secret code').nth(1).innerText()
      const button = page.getByRole('button', { name: 'Copy: Client secret' })
      await button.click()
      await page.getByRole('status').filter({ hasText: 'Copied' }).waitFor()
      expect(await page.evaluate('navigator.clipboard.readText()')).toBe(secret)
      const keys = { key: path.split('/').at(-1) as string, secret }
      for (let i = 0; i < 3; i++)
        await signer(provider.url, keys)('POST', '/oauth/initiate', {
          oauth_callback: 'https://wrong.example',
        })
      await signer(provider.url, { ...keys, secret: 'wrong' })('GET', '/api/me', {})
      await expect
        .poll(async () => {
          await page.goto(path)
          return page.locator('svg.chart').count()
        })
        .toBe(1)
      await page.getByText('By day, method and place').click()
      await inspectPage(page, 'portal-client')

      await page.goto(`${path}/edit`)
      await page.getByLabel('Home page').fill('album.example')
      await page.getByRole('button', { name: 'Save' }).click()
      await inspectPage(page, 'portal-edit-refused')

      await page.goto(`${path}/secret`)
      await inspectPage(page, 'portal-secret')
      await page.getByRole('button', { name: 'Replace the secret' }).click()
      await page.getByText('The previous secret still works until').waitFor()
      await inspectPage(page, 'portal-overlap')

      const pem = () =>
        generateKeyPairSync('rsa', { modulusLength: 2048 })
          .publicKey.export({ type: 'spki', format: 'pem' })
          .toString()
      await page.goto(`${path}/keys`)
      await page.getByLabel('RSA public key').fill(pem())
      await page.getByRole('button', { name: 'Add a key' }).click()
      await page
        .getByLabel('Or a file')
        .setInputFiles({ name: 'key.pem', mimeType: 'text/plain', buffer: Buffer.from(pem()) })
      await page.getByRole('button', { name: 'Add a key' }).click()
      await page
        .getByRole('button', { name: /^Remove the key/ })
        .nth(1)
        .waitFor()
      await inspectPage(page, 'portal-keys')

      await page.goto(`${path}/policy`)
      await inspectPage(page, 'portal-policy')

      await page.goto(`${path}/logo`)
      const buffer = await sharp({ create: { width: 300, height: 300, channels: 3, background: '#336699' } })
        .png()
        .toBuffer()
      await page.getByLabel('Picture').setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer })
      await page.getByRole('button', { name: 'Upload' }).click()
      await page.getByRole('button', { name: 'Remove the logo' }).waitFor()
      expect(await page.evaluate("document.querySelector('img.logo').naturalWidth")).toBe(256)
      await inspectPage(page, 'portal-logo')

      await register(names.turned)
      await inspectPage(page, 'portal-turned')
      await register(names.family)
      await page.goto('/clients')
      await inspectPage(page, 'portal-list')
      await page.goto(`${path}/delete`)
      await inspectPage(page, 'portal-delete')
      await page.getByRole('button', { name: 'Delete for good' }).click()
      await page.getByText('was deleted.').waitFor()
      expect(faults.filter((fault) => !/422/.test(fault))).toEqual([])
    })
  },
)
