import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { Issuer } from '../../../countersign/test/bridge/setting.ts'
import { endingGrants } from '../../src/bridge/ended-tokens.ts'
import { startGrantUpkeep } from '../../src/bridge/grant-upkeep.ts'
import { areGrantsOverdue, sweepGrants } from '../../src/bridge/spent-grants.ts'
import type { ProviderHooks } from '../../src/database/schema.ts'
import type { IssuedToken } from '../../src/index.ts'
import { sweep, sweepAll } from '../../src/upkeep.ts'
import { databases, GrantSetting } from './grant-setting.ts'

type Hook = (...given: unknown[]) => unknown

/** Each hook that an exchange calls, and how often. */
const steps: [name: string, calls: number][] = [
  ['clientsPairedWith', 1],
  ['queryToken', 1],
  ['scopesFor', 1],
  ['queryTokenGrants', 3],
  ['writeTokenGrants', 3],
  ['issueTokens', 1],
  ['revokeTokens', 1],
]
const moments = steps.flatMap(([name, calls]) =>
  Array.from({ length: calls }, (_, index) => index + 1).flatMap((nth) =>
    (['before', 'after'] as const).map((when) => ({ name, nth, when })),
  ),
)

/** The hook, and something else that happens once at a moment of it. */
function meanwhile(
  hooks: object,
  { name, nth, when }: (typeof moments)[number],
  act: () => Promise<unknown>,
) {
  const hook = (hooks as Record<string, Hook>)[name] as Hook
  let count = 0
  return {
    [name]: async (...given: unknown[]) => {
      const isNow = ++count === nth
      if (isNow && when === 'before') await act()
      const result = await hook(...given)
      if (isNow && when === 'after') await act()
      return result
    },
  }
}

describe.each(databases)('the OAuth 2 grants of tokens, on %s', (_, database) => {
  let setting: GrantSetting
  beforeAll(async () => {
    setting = await GrantSetting.open(database)
  })
  afterAll(() => setting.close())
  beforeEach(async () => {
    setting.issuer = new Issuer()
    await setting.services.db.deleteFrom('oauth_token_grant').execute()
  })

  /** Marked, as where the process ended before it deleted the token. */
  const kept: Pick<ProviderHooks, 'revokeToken'> = { revokeToken: async () => true }
  const mark = ({ clientId, oauthToken }: IssuedToken) =>
    endingGrants(setting.services.db, kept).revokeToken(clientId, oauthToken)

  it.each(moments)('end when the token is revoked $when call $nth of $name', async (moment) => {
    for (const isFirst of [true, false])
      for (const revoke of [(token: IssuedToken) => setting.revoke(token), mark]) {
        const token = await setting.token()
        if (!isFirst) await setting.exchange(token)
        let isRevoked = false
        const act = async () => {
          await revoke(token)
          isRevoked = true
        }
        const queryClientAndToken = undefined
        const hooks = { ...setting.hooks, queryClientAndToken }
        await setting.exchange(token, { queryClientAndToken, ...meanwhile(hooks, moment, act) })
        // A first exchange has no earlier one to revoke: then it is over.
        if (!isRevoked) await act()
        await setting.revokeEnded()
        expect(setting.issuer.valid).toEqual([])
        expect(await setting.exchange(token)).toBe('invalid_grant')
      }
  })

  it('end when tokens are revoked while many exchanges of them are under way', async () => {
    for (let round = 0; round < 5; round++) {
      const token = await setting.token()
      const exchanges = Array.from({ length: 6 }, () => setting.exchange(token))
      await pause(round * 3)
      await Promise.all([...exchanges, setting.revoke(token), setting.revoke(token)])
      await setting.revokeEnded()
      expect(setting.issuer.valid).toEqual([])
      expect(await setting.exchange(token)).toBe('invalid_grant')
    }
  })

  it('stay alone where another token of the client, or no token, is revoked', async () => {
    const token = await setting.token()
    const other = await setting.issue(token.clientId)
    await setting.exchange(token)
    const valid = setting.issuer.valid
    await setting.revoke(other)
    await setting.revoke({ ...token, clientId: 'another' })
    await setting.revoke({ ...token, oauthToken: token.oauthToken.toLowerCase() })
    await setting.revoke({ ...token, oauthToken: 'unknown' })
    expect(await setting.revoke({ ...token, oauthToken: 'no\0token' })).toBe(false)
    await setting.revokeEnded()
    expect(setting.issuer.valid).toEqual(valid)
    expect((await setting.rows()).map((row) => row.oauth_token).sort()).toEqual(
      [token.oauthToken, other.oauthToken].sort(),
    )
  })

  it('are not thought of where the client is not paired with any', async () => {
    await setting.revoke(await setting.token(false))
    expect(await setting.rows()).toEqual([])
  })

  it('end after the client is no longer paired', async () => {
    const token = await setting.token()
    await setting.exchange(token)
    await setting.services.db.updateTable('oauth_client').set({ oauth2_client_id: null }).execute()
    await setting.revoke(token)
    await setting.revokeEnded()
    expect(setting.issuer.valid).toEqual([])
  })

  it('are revoked once more after two hours, and then forgotten', async () => {
    const token = await setting.token()
    await setting.exchange(token)
    await setting.revoke(token)
    const revoked: string[] = []
    const revokeTokens = (grantId: string) => void revoked.push(grantId)
    const once = [expect.any(String)]
    expect(await setting.revokeEnded(revokeTokens)).toEqual({ done: 1, failed: 0 })
    expect(await setting.revokeEnded(revokeTokens)).toEqual({ done: 0, failed: 0 })
    await setting.later(7_000)
    await setting.revokeEnded(revokeTokens)
    expect(revoked).toEqual(once)
    await setting.later(200)
    expect(await setting.revokeEnded(revokeTokens)).toEqual({ done: 1, failed: 0 })
    expect(revoked).toEqual([...once, ...once])
    expect(await setting.rows()).toEqual([])
  })

  it('that cannot be revoked are tried again after a minute, and keep no other waiting', async () => {
    const [failing, late, good] = [await setting.token(), await setting.token(), await setting.token()]
    const grants = new Map<string | null | undefined, string>()
    for (const token of [failing, late, good]) {
      await setting.exchange(token)
      grants.set((await setting.row(token))?.grant_id, token.oauthToken)
      await setting.revoke(token)
    }
    let isDown = true
    const revokeTokens = async (grantId: string) => {
      if (isDown && grants.get(grantId) === failing.oauthToken) throw new Error('The server is down.')
      if (isDown && grants.get(grantId) === late.oauthToken) return new Promise(() => {})
      return setting.issuer.hooks.revokeTokens(grantId)
    }
    const options = { timeoutSeconds: 0.05 }
    expect(await setting.revokeEnded(revokeTokens, options)).toEqual({ done: 1, failed: 2 })
    expect(setting.issuer.valid).toHaveLength(4)
    isDown = false
    expect(await setting.revokeEnded(revokeTokens, options)).toEqual({ done: 0, failed: 0 })
    await setting.later(61)
    expect(await setting.revokeEnded(revokeTokens, options)).toEqual({ done: 2, failed: 0 })
    expect(setting.issuer.valid).toEqual([])
  })

  it('are each tried where one of the same token fails', async () => {
    const token = await setting.token()
    await setting.exchange(token)
    const down = () => Promise.reject(new Error('The server is down.'))
    await setting.exchange(token, { revokeTokens: down })
    await setting.exchange(token, { issueTokens: down })
    expect(await setting.row(token)).toMatchObject({
      pending: expect.any(String),
      outdated: expect.any(String),
    })
    await setting.revoke(token)
    const tried: string[] = []
    await setting.revokeEnded((grantId) => {
      tried.push(grantId)
      return down()
    })
    expect(tried).toHaveLength(3)
  })

  it('are shared among several processes, a piece each', async () => {
    const first = await setting.token()
    const tokens = [first]
    for (let index = 0; index < 30; index++) tokens.push(await setting.issue(first.clientId))
    for (const token of tokens) await setting.exchange(token)
    for (const token of tokens) await setting.revoke(token)
    const revoked: string[] = []
    const revokeTokens = async (grantId: string) => {
      await pause(1)
      revoked.push(grantId)
      return setting.issuer.hooks.revokeTokens(grantId)
    }
    expect((await setting.revokeEnded(revokeTokens, { limit: 5 })).done).toBe(5)
    await Promise.all(Array.from({ length: 4 }, () => setting.revokeEnded(revokeTokens)))
    expect(setting.issuer.valid).toEqual([])
    expect(revoked).toHaveLength(tokens.length)
  })

  it('are revoked by the upkeep that the process starts, until it is stopped', async () => {
    const [first, second] = [await setting.token(), await setting.token()]
    const revokeTokens = (grantId: string) => setting.issuer.hooks.revokeTokens(grantId)
    for (const token of [first, second]) await setting.exchange(token)
    const stop = startGrantUpkeep(setting.services, revokeTokens, { everySeconds: 0.01 })
    try {
      await setting.revoke(first)
      const left = ['access-2', 'refresh-2']
      await expect.poll(() => setting.issuer.valid, { timeout: 20_000 }).toEqual(left)
      await stop()
      await setting.revoke(second)
      await pause(50)
      expect(setting.issuer.valid).toEqual(left)
    } finally {
      await stop()
    }
  })

  it('are overdue where no process revokes them', async () => {
    const token = await setting.token()
    await setting.exchange(token)
    await setting.revoke(token)
    expect(await areGrantsOverdue(setting.services.db)).toBe(false)
    await setting.later(601)
    expect(await areGrantsOverdue(setting.services.db)).toBe(true)
    await setting.revokeEnded()
    expect(await areGrantsOverdue(setting.services.db)).toBe(false)
  })

  it('are looked through a piece at a time', async () => {
    const first = await setting.token()
    const tokens = [first]
    for (let index = 0; index < 5; index++) tokens.push(await setting.issue(first.clientId))
    for (const token of tokens) await setting.exchange(token)
    const { db } = setting.services
    const gone = tokens.slice(1).map(({ oauthToken }) => oauthToken)
    await db.deleteFrom('oauth_token_credential').where('oauth_token', 'in', gone).execute()
    const removed: number[] = []
    for (let place: string | undefined = ''; place !== undefined; ) {
      const piece = await sweepGrants(db, place, 4)
      removed.push(piece.removed)
      place = piece.next
    }
    expect(removed).toHaveLength(2)
    expect((await setting.rows()).map((row) => row.oauth_token)).toEqual([first.oauthToken])
  })

  it('that are none are forgotten by the upkeep of the provider after two hours', async () => {
    const token = await setting.token()
    await setting.revoke(token)
    expect(await setting.rows()).toHaveLength(1)
    await setting.later(7_000)
    await sweep(setting.services.db)
    expect(await setting.exchange(token)).toBe('invalid_grant')
    expect(await setting.rows()).toHaveLength(1)
    await setting.later(201)
    await sweep(setting.services.db)
    expect(await setting.rows()).toEqual([])
  })

  it('stay when the token ends by itself, except for leftovers of exchanges', async () => {
    const spent = await setting.token()
    const left = await setting.issue(spent.clientId)
    const alive = await setting.issue(spent.clientId)
    for (const token of [spent, left, alive]) await setting.exchange(token)
    const valid = setting.issuer.valid
    // A process that ended after it had issued tokens.
    const died = () => Promise.reject(new Error('The process was killed.'))
    const issueTokens = async (request: never) => {
      await setting.issuer.hooks.issueTokens(request)
      return died()
    }
    await setting.exchange(left, { issueTokens })
    expect(setting.issuer.valid).toHaveLength(valid.length + 2)
    const { db } = setting.services
    const ended = [spent.oauthToken, left.oauthToken]
    await db.deleteFrom('oauth_token_credential').where('oauth_token', 'in', ended).execute()

    expect(await sweepAll(db)).toMatchObject({ 'exchanged tokens': 1 })
    const tokens = async () => (await setting.rows()).map((row) => row.oauth_token).sort()
    expect(await tokens()).toEqual([left.oauthToken, alive.oauthToken].sort())
    await setting.revokeEnded()
    expect(setting.issuer.valid).toEqual(valid)
    await sweepAll(db)
    expect(await tokens()).toEqual([alive.oauthToken])
    expect(setting.issuer.valid).toEqual(valid)
  })
})
