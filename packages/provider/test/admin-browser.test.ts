import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { available } from '../../countersign/test/services.ts'
import { createAccount } from '../src/accounts/accounts.ts'
import { setRole } from '../src/accounts/administrators.ts'
import { suspendUser } from '../src/accounts/suspension.ts'
import { recordAudit } from '../src/audit/record-audit.ts'
import { registerClient } from '../src/clients/registration.ts'
import { createProvider, type Provider } from '../src/provider.ts'
import { issueToken } from '../src/tokens/issued-token.ts'
import { launchChromium } from './chromium.ts'
import { inspectPage } from './page-inspection.ts'

const password = 'correct horse battery'

describe.runIf(await available('chromium'))('the pages of administrators in a browser', () => {
  let provider: Provider
  let browser: Browser
  let paths: [name: string, path: string][]
  beforeAll(async () => {
    provider = await createProvider({ port: 0, database: ':memory:', logLevel: 'silent' })
    browser = await launchChromium()
    const { services } = provider
    const { db } = services
    const { id } = await createAccount(db, 'ada', password)
    await setRole(db, id, 'admin')
    const { id: other } = await createAccount(db, `x${'w'.repeat(63)}`, password)
    const names = ['مخزن الصور والوثائق العائلية', '\u{1f469}\u200d\u{1f52c} Lab', 'W'.repeat(100), 'Album']
    const clients = []
    for (const name of names)
      clients.push(
        await registerClient(db, {
          name,
          callbacks: [],
          ownerId: other,
          status: name === 'Album' ? 'pending' : 'approved',
          oauth2ClientId: name === 'Album' ? 'photos-app' : name.startsWith('W') ? 'w'.repeat(255) : '',
        }),
      )
    const [first] = clients
    for (const { clientId } of clients)
      for (const signatureMethod of ['HMAC-SHA1', 'HMAC-SHA256'])
        services.usage.record({
          type: 'accepted',
          endpoint: 'resource',
          clientId,
          signatureMethod,
          place: 'query',
        })
    await recordAudit(services, {
      action: 'client.paired',
      subject: { kind: 'client', id: first?.clientId },
      details: { oauth2ClientId: 'w'.repeat(255), before: 'photos-app' },
    })
    await issueToken(services, first?.clientId ?? '', other)
    await suspendUser(services, other)
    await db
      .insertInto('user')
      .values(
        Array.from({ length: 60 }, (_, index) => ({
          name: `user${index}`,
          password_hash: '',
          created_at: index,
        })),
      )
      .execute()
    paths = [
      ['overview', '/admin'],
      ['users', '/admin/users'],
      ['user', `/admin/users/${other}`],
      ['invitations', '/admin/invitations'],
      ['clients', '/admin/clients'],
      ['client', `/admin/clients/${clients[3]?.clientId}`],
      ['long-client', `/admin/clients/${clients[2]?.clientId}`],
      ['tokens', '/admin/tokens'],
      ['usage', '/admin/usage'],
      ['audit', '/admin/audit'],
    ]
  }, 60_000)
  afterAll(async () => {
    await browser?.close()
    await provider?.close()
  })

  it.each(['en', 'de'])('are accessible, and nothing is cut off or covered, in %s', async (locale) => {
    const context = await browser.newContext({ locale })
    const page = await context.newPage()
    await page.goto(`${provider.address}/sign-in?return=/admin`)
    await page.fill('[name=name]', 'ada')
    await page.fill('[name=password]', password)
    await page.click('main button')
    await page.waitForURL('**/admin')
    for (const [name, path] of paths) {
      await page.goto(provider.address + path)
      await inspectPage(page, `admin-${name}-${locale}`)
    }
    await context.close()
  })
})
