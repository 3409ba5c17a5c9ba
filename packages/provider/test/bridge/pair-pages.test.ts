import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { available } from '../../../countersign/test/services.ts'
import { createAccount } from '../../src/accounts/accounts.ts'
import { setRole } from '../../src/accounts/administrators.ts'
import { listAudit } from '../../src/audit/audit-list.ts'
import { maxPaired, pairClient, pairedClient } from '../../src/bridge/pairs.ts'
import { registerClient } from '../../src/clients/registration.ts'
import { createProvider, type Provider } from '../../src/provider.ts'
import { launchChromium } from '../chromium.ts'
import { inspectPage } from '../page-inspection.ts'
import { temporaryDirectory } from '../running-provider.ts'
import { unescapeHtml, Visitor } from '../visitor.ts'

const password = 'correct horse battery'
const directory = temporaryDirectory()
const guide = 'https://example.com/move'
let provider: Provider
let ada: Visitor
let devon: Visitor
let clientId: string
let page: string

beforeAll(async () => {
  const retirementFile = join(directory.path, 'retirement.json')
  const rule = { client: 'another', announced: '2026-01-01', ends: '2100-01-01' }
  writeFileSync(retirementFile, JSON.stringify({ guide, rules: [rule] }))
  provider = await createProvider({
    port: 0,
    database: ':memory:',
    logLevel: 'silent',
    retirementFile,
    clients: [{ key: 'given', oauth2ClientId: 'given-app' }],
  })
  const { db } = provider.services
  const user = async (name: string) => {
    const { id } = await createAccount(db, name, password)
    const visitor = new Visitor(provider.address)
    await visitor.signIn(name, password)
    return { id, visitor }
  }
  const administrator = await user('ada')
  await setRole(db, administrator.id, 'admin')
  ada = administrator.visitor
  const developer = await user('devon')
  devon = developer.visitor
  clientId = (await registerClient(db, { name: 'Album <i>', callbacks: [], ownerId: developer.id })).clientId
  page = `/admin/clients/${clientId}`
})
afterAll(async () => {
  await provider.close()
  directory.remove()
})

const paired = (key = clientId) => pairedClient(provider.services.db, key)

async function pairAudit() {
  await provider.services.audit.flush()
  const { items } = await listAudit(provider.services.db, { subject: clientId })
  return items.filter(({ action }) => /paired/.test(action))
}

function tokenOf({ page: open }: Visitor): string {
  return /name="form_token" value="([^"]*)"/.exec(open?.text ?? '')?.[1] ?? ''
}

it('is what a provider begins with, where its settings name pairs', async () => {
  expect(await paired('given')).toBe('given-app')
})

describe('the administrator', () => {
  it('pairs a client, changes the pair and ends it, with a line in the audit log for each change', async () => {
    const before = await ada.open(page)
    expect(before.text).toContain('None: its tokens cannot be exchanged.')
    expect(before.text).not.toContain('/unpair')
    const made = await ada.submit(`${page}/pair`, { oauth2_client_id: ' photos-app ' })
    expect([made.path, made.text.includes('was paired.')]).toEqual([page, true])
    expect(made.text).toContain('<p><code>photos-app</code></p>')
    // The same again changes nothing, and is not written.
    await ada.submit(`${page}/pair`, { oauth2_client_id: 'photos-app' })
    await ada.submit(`${page}/pair`, { oauth2_client_id: 'other app' })
    expect(await paired()).toBe('other app')
    const ended = await ada.submit(`${page}/unpair`)
    expect(ended.text).toContain('is no longer paired.')
    expect(await paired()).toBeUndefined()
    const form_token = tokenOf(ada)
    expect((await ada.post(`${page}/unpair`, { form_token })).path).toBe(page)
    const audit = await pairAudit()
    expect(audit.map(({ action, details, actor }) => [action, details, actor.name]).reverse()).toEqual([
      ['client.paired', { oauth2ClientId: 'photos-app' }, 'ada'],
      ['client.paired', { oauth2ClientId: 'other app', before: 'photos-app' }, 'ada'],
      ['client.unpaired', { oauth2ClientId: 'other app' }, 'ada'],
    ])
    expect((await ada.open('/admin/audit?action=client.paired')).text).toContain(
      'Client paired with an OAuth 2 client',
    )
  })

  it.each([
    ['', ''],
    ['256 characters', 'x'.repeat(256)],
    ['HTML beyond ASCII', '<script>alert(1)</script>ä'],
    ['line ends', 'app\r\nSet-Cookie: a=b'],
    ['what turns text', 'app\u202egnp'],
    ['NUL', 'a\0b'],
  ])('is told to mend what cannot be an OAuth 2 client: %s', async (_name, typed) => {
    const events = (await pairAudit()).length
    await ada.open(page)
    const { status, text } = await ada.submit(`${page}/pair`, { oauth2_client_id: typed })
    expect(status).toBe(422)
    expect(text).toContain('id="oauth2_client_id-error">Use an OAuth 2 client ID of 1 to 255')
    expect(text).not.toContain('<script>alert')
    expect(await paired()).toBeUndefined()
    expect(await pairAudit()).toHaveLength(events)
  })

  it('is told the same in German', async () => {
    const erika = new Visitor(provider.address, { 'accept-language': 'de' })
    await erika.signIn('ada', password)
    await erika.open(page)
    const { text } = await erika.submit(`${page}/pair`, { oauth2_client_id: 'ä' })
    expect(text).toContain('Verwenden Sie eine OAuth-2-Client-ID aus 1 bis 255 druckbaren ASCII-Zeichen.')
  })

  it('sees an identifier of HTML as what it is, on every page and in every file', async () => {
    const hostile = '=<b>"&\'</code>'
    await ada.open(page)
    await ada.submit(`${page}/pair`, { oauth2_client_id: hostile })
    expect(await paired()).toBe(hostile)
    provider.services.usage.record({
      type: 'accepted',
      endpoint: 'resource',
      clientId,
      signatureMethod: 'HMAC-SHA1',
      place: 'header',
    })
    for (const path of [page, '/admin/clients', '/admin/usage', '/admin/audit']) {
      const { text } = await ada.open(path)
      expect([path, text.includes('<b>')]).toEqual([path, false])
      expect([path, unescapeHtml(text).includes(hostile)]).toEqual([path, true])
    }
    const field = 'oauth2_client_id'
    for (const list of ['clients', 'usage']) {
      const csv = (await ada.open(`/admin/export/${list}.csv`)).text
      expect(csv.split('\r\n')[0]).toMatch(new RegExp(`,${field}$`))
      expect(csv).toContain(`"'=<b>""&'</code>"`)
      const rows = JSON.parse((await ada.open(`/admin/export/${list}.json`)).text)
      expect(rows.map((row: Record<string, unknown>) => row[field])).toContain(hostile)
    }
    const own = await devon.open(`/clients/${clientId}`)
    expect(own.text).not.toContain('<b>')
    // As one word of a shell.
    expect(unescapeHtml(own.text)).toContain(`--client-id '=<b>"&'\\''</code>'`)
    await ada.open(page)
    await ada.submit(`${page}/unpair`)
  })

  it('looks for clients by their OAuth 2 client, and by whether they have one', async () => {
    const found = async (query: string) =>
      [...(await ada.open(`/admin/clients?${query}`)).text.matchAll(/href="\/admin\/clients\/(\w+)"/g)].map(
        ([, key]) => key,
      )
    expect(await found('text=given-app')).toEqual(['given'])
    expect(await found('pairing=paired')).toEqual(['given'])
    expect(await found('pairing=unpaired')).toEqual([clientId])
    expect(await found('pairing=odd')).toHaveLength(2)
    const { text } = await ada.open('/admin/export/clients.csv?pairing=paired')
    expect(text.trimEnd().split('\r\n')).toHaveLength(2)
  })

  it('is told when the OAuth 2 client has the most clients', async () => {
    const { db } = provider.services
    const rows = Array.from({ length: maxPaired }, (_, index) => ({
      client_id: `full-${index}`,
      default_redirect_uri: '',
      name: 'One of many',
      oauth2_client_id: 'full',
    }))
    await db.insertInto('oauth_client').values(rows).execute()
    await ada.open(page)
    const { status, text } = await ada.submit(`${page}/pair`, { oauth2_client_id: 'full' })
    expect([status, text.includes('is paired with 100 clients already')]).toEqual([422, true])
    expect(await paired()).toBeUndefined()
    await db.deleteFrom('oauth_client').where('oauth2_client_id', '=', 'full').execute()
  })

  it('finds no client that is gone', async () => {
    await ada.open(page)
    const form_token = tokenOf(ada)
    for (const verb of ['pair', 'unpair'])
      expect(
        (await ada.post(`/admin/clients/gone/${verb}`, { form_token, oauth2_client_id: 'x' })).status,
      ).toBe(404)
  })
})

describe('the owner of a client', () => {
  it('reads what the pair is for, how to exchange, and where the guide is, and finds no way to change it', async () => {
    expect((await devon.open(`/clients/${clientId}`)).text).not.toContain('countersign exchange')
    await pairClient(provider.services.db, clientId, 'photos-app')
    const { text } = await devon.open(`/clients/${clientId}`)
    expect(text).toContain('The OAuth 2 client <code>photos-app</code> takes the place of this client')
    expect(text).toContain('--client-id photos-app</code></pre>')
    expect(text).toContain(`<a href="${guide}"`)
    expect(text).not.toContain('oauth2_client_id')
  })

  it('cannot pair: not on the administrators’ pages, and not by a field of an own form', async () => {
    await devon.open(`/clients/${clientId}`)
    const fields = { form_token: tokenOf(devon), oauth2_client_id: 'mine', oauth2ClientId: 'mine' }
    for (const path of [
      `${page}/pair`,
      `${page}/unpair`,
      `/clients/${clientId}/pair`,
      `/clients/${clientId}/unpair`,
    ])
      expect([path, (await devon.post(path, fields)).status]).toEqual([path, 404])
    const edited = await devon.post(`/clients/${clientId}/edit`, { ...fields, name: 'Renamed' })
    expect(edited.status).toBe(200)
    expect(await paired()).toBe('photos-app')
    const registered = await devon.post('/clients', { ...fields, name: 'Sneaky' })
    expect(registered.status).toBe(200)
    expect(await paired(registered.path.split('/').at(-1))).toBeUndefined()
  })
})

describe.runIf(await available('chromium'))('in a browser', () => {
  it.each(['en', 'de'])('the pages fit on every device, in %s', async (locale) => {
    await pairClient(provider.services.db, clientId, 'w'.repeat(255))
    const browser = await launchChromium()
    try {
      const context = await browser.newContext({ locale, baseURL: provider.address })
      const tab = await context.newPage()
      await tab.goto('/sign-in')
      await tab.fill('[name=name]', 'devon')
      await tab.fill('[name=password]', password)
      await tab.click('main button')
      await tab.waitForURL('**/')
      await tab.goto(`/clients/${clientId}`)
      await inspectPage(tab, `pair-own-client-${locale}`)
    } finally {
      await browser.close()
    }
  })
})
