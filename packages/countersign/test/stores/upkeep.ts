import { inspect } from 'node:util'
import type { Hooks } from 'countersign'
import { expect, it } from 'vitest'
import type { OpenStore } from './backend.ts'
import { nonceRecord, temporary } from './behaviour.ts'

const now = () => Math.floor(Date.now() / 1000)
const rounds = 50
const sweepLimit = 20

/** What is refused by the database is an error that a log may print. */
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
    try {
      const outcomes = await Promise.allSettled(
        [first, second].flatMap((store) => [
          ...[1, 2, 3, 4].map(() => requests(store.hooks as Hooks)),
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

async function requests(hooks: Hooks): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    // Half of them have long expired: the sweeps are after these.
    const expiresAt = now() + (round % 2 ? 300 : -300)
    const credential = temporary({ expiresAt })
    const { oauthToken } = credential
    await hooks.recordNonce(nonceRecord({ oauthToken, expiresAt }))
    await hooks.createTemporaryCredential(credential)
    await hooks.createAuthorizationVerifier(oauthToken, { userId: 1, oauthVerifier: 'v' })
    await hooks.consumeTemporaryCredential(oauthToken)
  }
}

async function sweepAndSweep({ sweep }: OpenStore): Promise<void> {
  for (let round = 0; round < 2 * rounds; round++) await sweep?.(sweepLimit)
}
