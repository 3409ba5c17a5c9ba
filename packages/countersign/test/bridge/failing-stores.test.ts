import { RecordError, StoreError } from 'countersign'
import { type ExchangeHooks, invalidGrant } from 'countersign/bridge'
import { memoryHooks } from 'countersign/memory'
import { describe, expect, it } from 'vitest'
import { Issuer, Setting } from './setting.ts'

type HookName = keyof ExchangeHooks & string

/** Fails once, before or after the hook has done its work. */
function failingOnce(hooks: object, name: HookName, nth: number, when: 'before' | 'after'): object {
  const hook = (hooks as Record<string, (...given: unknown[]) => unknown>)[name]
  let count = 0
  const failing = async (...given: unknown[]) => {
    const isNow = ++count === nth
    if (isNow && when === 'before') throw new Error('The network is down.')
    const result = await hook?.(...given)
    if (isNow) throw new Error('The connection was lost before the response.')
    return result
  }
  return { [name]: failing }
}

/** Each hook of an exchange that replaces another, and how often it is called. */
const steps: [name: HookName, calls: number][] = [
  ['clientsPairedWith', 1],
  ['queryClient', 1],
  ['queryToken', 1],
  ['scopesFor', 1],
  ['queryTokenGrants', 3],
  ['writeTokenGrants', 3],
  ['issueTokens', 1],
  ['revokeTokens', 1],
  ['limitTokenLife', 1],
]
const cases = steps.flatMap(([name, calls]) =>
  Array.from({ length: calls }, (_, index) => index + 1).flatMap((nth) =>
    (['before', 'after'] as const).map((when) => [name, nth, when] as const),
  ),
)

describe('a hook that fails in the middle', () => {
  it.each(cases)(
    '%s, call %i, %s its work: nothing is lost, and the next exchange ends it',
    async (name, nth, when) => {
      const { queryTokenGrants, writeTokenGrants } = memoryHooks()
      const grants = { queryTokenGrants, writeTokenGrants }
      const issuer = new Issuer()
      const common = { grants, oauth1Token: { endsAfterSeconds: 60 } }
      const before = new Setting({ ...common, hooks: issuer.hooks })
      await before.ask()
      const hooks = { ...before.store, ...grants, ...issuer.hooks }
      const scopesFor = () => ['photos.read']
      const paired = { clientsPairedWith: () => ['client'] }
      const failing = failingOnce({ ...hooks, ...paired, scopesFor }, name, nth, when)
      const setting = new Setting({ ...common, hooks: { ...issuer.hooks, ...failing } })

      const error = await setting.ask().catch((error: unknown) => error)
      expect(error).toBeInstanceOf(StoreError)
      expect(error).toMatchObject({ status: 503 })
      expect(setting.events.find(({ type }) => type === 'store_failed')).toMatchObject({ hook: name })

      const { access_token, refresh_token } = await setting.ask()
      expect(issuer.valid).toEqual([access_token, refresh_token])
      expect(await grants.queryTokenGrants('client', 'token')).toMatchObject({ pending: [], outdated: [] })
    },
  )

  it('is late: the exchange ends as if it had failed', async () => {
    const never = () => new Promise<never>(() => {})
    const setting = new Setting({ hookTimeoutSeconds: 0.01, hooks: { issueTokens: never } })
    await expect(setting.ask()).rejects.toThrow(/issueTokens hook did not respond/)
  })

  it('and fails again: what could not be revoked stays noted until it was', async () => {
    const setting = new Setting()
    await setting.ask()
    let isDown = true
    const { revokeTokens } = setting.issuer.hooks
    const down = new Setting({
      grants: grantsOf(setting),
      hooks: {
        issueTokens: setting.issuer.hooks.issueTokens,
        revokeTokens: async (grantId) => {
          if (isDown) throw new Error('The server is down.')
          return revokeTokens(grantId)
        },
      },
    })
    for (let count = 0; count < 3; count++) await expect(down.ask()).rejects.toThrow(StoreError)
    expect((await setting.store.queryTokenGrants('client', 'token'))?.outdated).toHaveLength(3)
    isDown = false
    const { access_token } = await down.ask()
    expect(setting.issuer.valid).toEqual([access_token, expect.any(String)])
  })

  it('for hours: the record of one token stays bounded, and one success ends it', async () => {
    const setting = new Setting()
    let isDown = true
    const unlessDown = async <R>(run: () => Promise<R>) => {
      if (isDown) throw new Error('The server is down.')
      return run()
    }
    const { issueTokens, revokeTokens } = setting.issuer.hooks
    const down = new Setting({
      grants: grantsOf(setting),
      hooks: {
        issueTokens: (request) => unlessDown(() => issueTokens(request)),
        revokeTokens: (grantId) => unlessDown(() => revokeTokens(grantId)),
      },
    })
    for (let count = 0; count < 150; count++) await expect(down.ask()).rejects.toThrow(StoreError)
    const noted = await setting.store.queryTokenGrants('client', 'token')
    expect((noted?.pending.length ?? 0) + (noted?.outdated.length ?? 0)).toBe(100)
    isDown = false
    await down.ask()
    expect(setting.issuer.valid).toHaveLength(2)
    expect(await setting.store.queryTokenGrants('client', 'token')).toMatchObject({
      pending: [],
      outdated: [],
    })
  })

  it.each([
    ['nothing', undefined],
    ['no access token', { accessToken: '' }],
    ['a grant of two words', { accessToken: 'a', grantId: 'two words' }],
  ])('that issues tokens and returns %s is a failure', async (_, issued) => {
    const setting = new Setting({ hooks: { issueTokens: async () => issued as never } })
    await expect(setting.ask()).rejects.toThrow(StoreError)
  })

  it('under a grant that the server named itself: that one is revoked later', async () => {
    const revoked: string[] = []
    let count = 0
    const setting = new Setting({
      hooks: {
        issueTokens: () => ({ accessToken: 'a', grantId: `session-${++count}` }),
        revokeTokens: (grantId) => revoked.push(grantId),
      },
    })
    await setting.ask()
    await setting.ask()
    expect(revoked).toEqual(['session-1'])
  })
})

describe('a hook that refuses', () => {
  it('to make the grant the current one, because the token was revoked: its tokens end at once', async () => {
    const { queryTokenGrants, writeTokenGrants } = memoryHooks()
    const setting = new Setting({
      hooks: {
        queryTokenGrants(clientId, oauthToken) {
          if (setting.issuer.valid.length > 0) throw invalidGrant('token_ended')
          return queryTokenGrants(clientId, oauthToken)
        },
        writeTokenGrants,
      },
    })
    const refused = await setting.ask().catch((error: unknown) => error)
    expect(refused).toMatchObject({ error: 'invalid_grant', refusal: 'token_ended' })
    expect(JSON.stringify(refused)).not.toContain('ended')
    expect(setting.issuer.valid).toEqual([])
    const noted = await queryTokenGrants('client', 'token')
    expect(noted?.pending).toHaveLength(1)
    expect(setting.events.at(-1)).toMatchObject({ type: 'exchange_refused', refusal: 'token_ended' })
  })
})

describe('stored data of one client that cannot be used', () => {
  const unusable = () => {
    throw new RecordError('client', 'The secret does not open.')
  }

  it.each<[name: HookName, types: string[], refused: object]>([
    ['queryToken', ['fault', 'exchange_refused'], { code: 'invalid_grant' }],
    ['scopesFor', ['fault'], { code: 'record_error' }],
    ['queryTokenGrants', ['fault'], { code: 'record_error' }],
  ])('is reported as a fault of that client, not of the store: %s', async (name, types, refused) => {
    const setting = new Setting({ hooks: { [name]: unusable } })
    await expect(setting.ask()).rejects.toMatchObject(refused)
    expect(setting.events.map(({ type }) => type)).toEqual(types)
    expect(setting.events[0]).toMatchObject({ clientId: 'client' })
  })
})

function grantsOf({ store: { queryTokenGrants, writeTokenGrants } }: Setting) {
  return { queryTokenGrants, writeTokenGrants }
}
