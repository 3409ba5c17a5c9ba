import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { available } from '../../../countersign/test/services.ts'
import { createAccount } from '../../src/accounts/accounts.ts'
import { setRole } from '../../src/accounts/administrators.ts'
import { registerClient } from '../../src/clients/registration.ts'
import { createProvider, type Provider } from '../../src/provider.ts'
import { launchChromium } from '../chromium.ts'
import { inspectPage } from '../page-inspection.ts'
import { Visitor } from '../visitor.ts'
import { Clock, guide, planFiles } from './plan-file.ts'
import { plan } from './rules.ts'

const password = 'correct horse battery'
const write = planFiles()

/** A provider at a time, with an owner of two clients, of which one signs with SHA-1. */
async function siteAt(time: string) {
  const clock = new Clock()
  clock.set(time)
  const provider = await createProvider({
    port: 0,
    database: ':memory:',
    logLevel: 'silent',
    retirementFile: write(plan),
    options: { now: clock.now },
    brand: { name: 'Photos' },
  })
  const { db, usage } = provider.services
  const { id: ownerId } = await createAccount(db, 'olga', password)
  await setRole(db, ownerId, 'admin')
  const keys: string[] = []
  for (const [name, signatureMethod] of [
    ['Album', 'HMAC-SHA1'],
    ['Modern', 'HMAC-SHA256'],
  ] as const) {
    const { clientId } = await registerClient(db, { name, callbacks: [], ownerId })
    usage.record({ type: 'accepted', endpoint: 'resource', clientId, signatureMethod, place: 'header' })
    keys.push(clientId)
  }
  await usage.flush()
  const [album = '', modern = ''] = keys
  return { provider, album, modern }
}

/** The text of a page as olga reads it, without tags. */
async function pageText({ address }: Provider, path: string, language = 'en'): Promise<string> {
  const visitor = new Visitor(address, { 'accept-language': language })
  await visitor.signIn('olga', password)
  const { text } = await visitor.open(path)
  return text.replace(/<[^>]*>/g, '').replace(/\s+/g, ' ')
}

describe('the owner of a client that signs with what ends', () => {
  it.each([
    [
      '2027-02-15T00:00Z',
      'This client uses HMAC-SHA1, which ends here on 1 Jun 2027. Its requests are refused from then on.',
      'Dieser Client benutzt HMAC-SHA1. Das endet hier am 01.06.2027; danach werden seine Anfragen abgelehnt.',
      'ends 1 Jun 2027',
    ],
    [
      '2027-03-08T10:05Z',
      'To show what that means, its requests are refused until 8 Mar, 10:15:00 UTC.',
      'Um zu zeigen, was das bedeutet, werden seine Anfragen bis 8. März, 10:15:00 UTC abgelehnt.',
      'ends 1 Jun 2027',
    ],
    [
      '2027-06-01T00:00Z',
      'This client uses HMAC-SHA1, which ended here on 1 Jun 2027. Its requests are refused.',
      'Dieser Client benutzt HMAC-SHA1. Das endete hier am 01.06.2027, und seine Anfragen werden abgelehnt.',
      'ended 1 Jun 2027',
    ],
  ])('reads it on the pages of the client, at %s', async (time, english, german, mark) => {
    const { provider, album, modern } = await siteAt(time)
    expect(await pageText(provider, `/clients/${album}`)).toContain(english)
    expect(await pageText(provider, `/clients/${album}`, 'de')).toContain(german)
    const list = await pageText(provider, '/clients')
    expect(list).toContain('Some of your clients use a way of signing requests that ends here.')
    expect(list.split(mark)).toHaveLength(2)
    expect(await pageText(provider, `/clients/${modern}`)).not.toContain('How to move on')
    await provider.close()
  })

  it('reads nothing before it is announced', async () => {
    const { provider, album } = await siteAt('2026-12-31T23:59:59Z')
    for (const path of [`/clients/${album}`, '/clients'])
      expect(await pageText(provider, path)).not.toContain('How to move on')
    await provider.close()
  })
})

describe('administrators', () => {
  it('see each rule, how far it has come, what comes next, and a mail to copy', async () => {
    const { provider } = await siteAt('2027-02-15')
    const english = await pageText(provider, '/admin/usage')
    expect(english).toContain('HMAC-SHA1 Announced Announced 1 Jan 2027, ends 1 Jun 2027')
    expect(english).toContain('1 Mar, 10:00:00 UTC, for 15 minutes')
    expect(english).toContain('HMAC-SHA1 ends at Photos on 1 June 2027')
    expect(english).toContain('- from 2027-03-01 10:00 UTC to 2027-03-01 10:15 UTC')
    expect(english).toContain(`How to move on: ${guide}`)
    const german = await pageText(provider, '/admin/usage', 'de')
    expect(german).toContain('HMAC-SHA1 endet bei Photos am 1. Juni 2027')
    expect(german).toContain('Angekündigt')
    await provider.close()
  })
})

describe.runIf(await available('chromium'))('the pages in a browser', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchChromium()
  })
  afterAll(() => browser.close())

  it.each(['en', 'de'])('are accessible, and nothing is cut off or covered, in %s', async (locale) => {
    const { provider, album } = await siteAt('2027-03-08T10:05Z')
    const context = await browser.newContext({ locale })
    const page = await context.newPage()
    await page.goto(`${provider.address}/sign-in?return=/clients`)
    await page.fill('[name=name]', 'olga')
    await page.fill('[name=password]', password)
    await page.click('main button')
    await page.waitForURL('**/clients')
    await inspectPage(page, `retiring-clients-${locale}`)
    await page.goto(`${provider.address}/clients/${album}`)
    await inspectPage(page, `retiring-client-${locale}`)
    await page.goto(`${provider.address}/admin/usage`)
    await page.locator('details summary').filter({ hasText: /mail/i }).first().click()
    await inspectPage(page, `retiring-usage-${locale}`)
    await context.close()
    await provider.close()
  })
})
