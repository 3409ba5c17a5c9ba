// Takes the screenshot of the consent page for README.md:
// `node --conditions=countersign-source scripts/consent-picture.ts`, with Chromium as `chromium` or at the path in
// CHROMIUM.
import { join, resolve } from 'node:path'
import { createProvider } from '@countersign/provider'
import { OAuth1Client } from 'countersign/client'
import { launchChromium } from '../packages/provider/test/chromium.ts'

const folder = resolve(import.meta.dirname, '../docs')
const password = 'correct horse battery'
const scopes = { 'photos:read': 'see your photos', 'photos:write': 'add and change photos' }

const provider = await createProvider({
  port: 0,
  database: ':memory:',
  logLevel: 'silent',
  scopes,
  users: [{ name: 'ada', password }],
  clients: [
    { key: 'album', secret: 'album-secret', name: 'Album', callbacks: ['https://album.example/callback'] },
  ],
})
const browser = await launchChromium()
try {
  const site = provider.address
  const client = new OAuth1Client({
    clientId: 'album',
    clientSecret: 'album-secret',
    endpoints: {
      initiate: `${site}/oauth/initiate`,
      authorize: `${site}/oauth/authorize`,
      token: `${site}/oauth/token`,
    },
  })
  const temporary = await client.requestTemporaryCredential('https://album.example/callback', {
    parameters: { scope: 'photos:read photos:write' },
  })
  const consentPage = client.authorizationUrl(temporary)
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await browser.newPage({
      colorScheme,
      deviceScaleFactor: 1.5,
      viewport: { width: 760, height: 800 },
    })
    await page.goto(`${site}/sign-in`)
    await page.fill('input[name=name]', 'ada')
    await page.fill('input[name=password]', password)
    await page.press('input[name=password]', 'Enter')
    await page.waitForURL((url) => url.pathname !== '/sign-in')
    await page.goto(consentPage)
    await page.screenshot({ path: join(folder, `consent-page-${colorScheme}.png`) })
    await page.close()
  }
} finally {
  await browser.close()
  await provider.close()
}
