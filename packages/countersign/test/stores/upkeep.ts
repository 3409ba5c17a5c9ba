import { inspect } from 'node:util'
import type { Hooks, TokenCredential } from 'countersign'
import { expect, it } from 'vitest'
import type { OpenStore } from './backend.ts'
import { fresh, nonceRecord, temporary } from './behaviour.ts'

const now = () => Math.floor(Date.now() / 1000)
const rounds = 50
const sweepLimit = 20

/** A refusal by the database is an error that a log may print. */
export function discretion(hooks: Pick<Hooks, 'createTokenCredential' | 'createTemporaryCredential'>): void {
  it('an error of the database does not carry the secrets of the statement', async () => {
    const { clientId, oauthToken } = temporary()
    const token = { clientId, oauthToken, oauthTokenSecret: 'do-not-log-me', userId: 1 }
    const calls = [
      () => hooks.createTokenCredential(token),
      () => hooks.createTemporaryCredential(temporary({ oauthToken, oauthTokenSecret: 'do-not-log-me' })),
    ]
    for (const call of calls) {
      await call()
      const error = await Promise.resolve(call()).catch((error: unknown) => error)
      expect(error).toBeInstanceOf(Error)
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain('do-not-log-me')
    }
  })
}

/** @param open - Another connection to the same store, as another process has it. */
export function sweeps(first: OpenStore, open: () => Promise<OpenStore>): void {
  it('requests and sweeps of two processes at once do not deadlock', { timeout: 120_000 }, async () => {
    const second = await open()
    const hooks = first.hooks as Hooks
    const expired: TokenCredential[] = []
    for (let round = 0; round < rounds; round++) {
      const token = { clientId: 'client', oauthToken: fresh('expired'), oauthTokenSecret: 's' }
      expired.push(await hooks.createTokenCredential({ ...token, expiresAt: now() - 300 }))
    }
    try {
      const outcomes = await Promise.allSettled(
        [first, second].flatMap((store) => [
          ...[1, 2, 3, 4].map(() => requests(store.hooks as Hooks, expired)),
          sweepAndSweep(store),
          sweepAndSweep(store),
        ]),
      )
      expect(outcomes.filter(({ status }) => status === 'rejected')).toEqual([])
    } finally {
      await second.close()
    }
  })
}

/** Tokens are a user's, and go only where the application says so. */
export function tokenSweeps({ hooks, sweep }: OpenStore): void {
  const { createTokenCredential, queryToken } = hooks as Hooks
  it('a sweep removes the tokens that have expired where it is asked to, and no others', async () => {
    const clientId = fresh('Swept')
    const issue = async (expiresAt?: number) => {
      const oauthToken = fresh('swept')
      await createTokenCredential({
        clientId,
        oauthToken,
        oauthTokenSecret: 's',
        ...(expiresAt ? { expiresAt } : {}),
      })
      return oauthToken
    }
    const dead = [await issue(now() - 3600), await issue(now() - 1800), await issue(now() - 300)]
    const alive = [await issue(), await issue(now() + 3600), await issue(now() - 5)]
    const left = async (names: string[]) => {
      const rows = await Promise.all(names.map(async (name) => queryToken(clientId, name)))
      return rows.filter((row) => row !== undefined).length
    }
    while (((await sweep?.(sweepLimit)) ?? 0) > 0);
    expect(await left(dead)).toBe(3)
    for (let before = 3; before > 0; ) {
      // Rows of other tests that expire meanwhile go first.
      const removed = (await sweep?.(2, true)) ?? 0
      expect([1, 2]).toContain(removed)
      const after = await left(dead)
      expect(before - after).toBeLessThanOrEqual(removed)
      before = after
    }
    expect(await left(alive)).toBe(3)
  })
}

/** @param expired - Tokens that the other processes and the sweeps are after as well. */
async function requests(hooks: Hooks, expired: readonly TokenCredential[]): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    // Half of them have long expired: the sweeps are after these.
    const expiresAt = now() + (round % 2 ? 300 : -300)
    const credential = temporary({ expiresAt })
    const { oauthToken } = credential
    await hooks.recordNonce(nonceRecord({ oauthToken, expiresAt }))
    await hooks.createTemporaryCredential(credential)
    await hooks.createAuthorizationVerifier(oauthToken, { userId: 1, oauthVerifier: 'v' })
    await hooks.consumeTemporaryCredential(oauthToken)
    const { clientId, oauthToken: token } = expired[round] as TokenCredential
    await hooks.recordTokenUse?.({ clientId, oauthToken: token, lastUsedAt: round })
    await hooks.revokeToken(clientId, token)
  }
}

async function sweepAndSweep({ sweep }: OpenStore): Promise<void> {
  for (let round = 0; round < 2 * rounds; round++) await sweep?.(sweepLimit, true)
}
