import { afterAll, beforeAll, expect, it } from 'vitest'
import { setClientPolicy } from '../src/clients/client-changes.ts'
import { chooseOwnPolicy } from '../src/clients/owner-policy.ts'
import { createProvider, type Provider } from '../src/provider.ts'
import { password } from './site.ts'
import { Visitor } from './visitor.ts'

let provider: Provider
beforeAll(async () => {
  provider = await createProvider({ port: 0, database: ':memory:', logLevel: 'silent' })
})
afterAll(() => provider?.close())

it('an edit of the texts leaves what the owner allows as it is, whatever the operator allows', async () => {
  const visitor = new Visitor(provider.address)
  await visitor.signUp('anna', password)
  await visitor.open('/clients/new')
  const { path } = await visitor.submit('/clients', { name: 'Narrow', callbacks: '' })
  const key = path.split('/').at(-1) ?? ''
  const { services } = provider
  const { db, settings } = services
  const row = () =>
    db
      .selectFrom('oauth_client')
      .select(['owner_id', 'owner_policy', 'description'])
      .where('client_id', '=', key)
      .executeTakeFirstOrThrow()
  const own = {
    methods: ['HMAC-SHA256'],
    places: ['header'],
    isBodyHashRequired: false,
    callbackRule: 'exact',
  }
  await chooseOwnPolicy(db, settings.options, key, Number((await row()).owner_id), own)
  const narrow = { supportedSignatureMethods: ['HMAC-SHA256'], places: ['header'] } as const
  for (const [policy, rule] of [
    [{ ...narrow, bodyHash: 'required' }, 'exact'],
    [{ supportedSignatureMethods: ['HMAC-SHA1'] }, 'prefix'],
    [{}, 'exact'],
  ] as const) {
    await setClientPolicy(services, key, policy)
    await visitor.open(`/clients/${key}/edit`)
    const fields = { name: 'Narrow', callbacks: '', description: rule, callback_rule: rule }
    expect((await visitor.submit(`/clients/${key}/edit`, fields)).status).toBe(200)
    const { owner_policy, description } = await row()
    expect(description).toBe(rule)
    expect(JSON.parse(owner_policy ?? '{}')).toEqual({
      ...narrow,
      ...(rule === 'prefix' && { callbackRule: rule }),
    })
  }
  const edits = await db
    .selectFrom('audit_event')
    .select('action')
    .where('subject_id', '=', key)
    .where('action', '=', 'client.edited')
    .execute()
  expect(edits).toHaveLength(3)
})
