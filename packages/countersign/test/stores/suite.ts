import type { Hooks } from 'countersign'
import { afterAll, describe, expect, it } from 'vitest'
import type { Backend } from './backend.ts'
import { both, clients, nonceRecord, nonces, temporary, temporaryCredentials, tokens } from './behaviour.ts'
import { type Race, type RaceResult, runRace } from './race.ts'
import { type Racers, startRacers } from './racers.ts'
import { requestedScopes } from './requested-scopes.ts'
import { lives } from './token-life.ts'
import { discretion, sweeps, tokenSweeps } from './upkeep.ts'
import { exchanges, lists, policies, revocations, wrongPolicies } from './write-side.ts'

/*
 * What every store must do, whatever it is made of.
 *
 * To add a store:
 * 1. Write `backends/<store>.ts`, which exports the three functions of `Backend`: `reset(config)` makes the empty
 *    schema, `open(config)` connects, `remove(config)` takes everything away again. It is imported by other processes
 *    as well, with plain Node, so it imports nothing of vitest, and its only input is `config`: a file name or a URL
 *    in which the test has put a name of its own (`uniqueName`).
 * 2. In a `*.test.ts` beside this file call
 *    `describeStore({ name: 'Store on Database', backend: new URL('backends/store.ts', import.meta.url), config })`,
 *    inside `if (await available('postgres'))` where it needs a server. `shared: false` leaves out the races between
 *    processes, for a store that lives in one process's memory.
 *
 * Which parts run follows from the hooks that the store brings: a cache has neither clients nor tokens, and no sweep.
 * The backend's `user_id` columns hold integers. Identifiers are up to 255 characters of any kind, secrets up to 1000
 * and callbacks up to 4000. The reading and the atomic hooks treat an expired row as if it were not there. Text that a
 * database cannot hold at all (NUL in PostgreSQL) is unknown to the reading hooks: it is not an error.
 */
export interface StoreUnderTest {
  readonly name: string
  /** A module in `backends/`. */
  readonly backend: URL
  readonly config: string
  /** Whether several processes see the same data. Default true. */
  readonly shared?: boolean
}

const callsAtOnce = 50
const rounds = 20
const processes = 4
/** Runs the suite over one store. */
export function describeStore({ name, backend, config, shared = true }: StoreUnderTest): void {
  describe(name, async () => {
    const { reset, open, remove } = (await import(backend.href)) as Backend
    await reset(config)
    const store = await open(config)
    const { hooks, addClient, addToken, close } = store
    afterAll(async () => {
      await close()
      await remove?.(config)
    })

    if (has(hooks, 'queryClient') && addClient) clients(hooks, addClient)
    if (has(hooks, 'queryToken', 'createTokenCredential') && addToken) tokens(hooks, addToken)
    if (has(hooks, 'queryClient') && addClient) {
      policies(hooks, addClient)
      if (store.sweep) wrongPolicies(hooks, addClient)
    }
    if (has(hooks, 'queryToken', 'createTokenCredential', 'revokeToken')) {
      revocations(hooks)
      if (has(hooks, 'listTokens')) lists(hooks)
    }
    if (has(hooks, 'queryClientAndToken') && addClient && addToken) both(hooks, addClient, addToken)
    const keepsTemporary = has(
      hooks,
      'createTemporaryCredential',
      'getTemporaryCredential',
      'createAuthorizationVerifier',
      'consumeTemporaryCredential',
    )
    if (has(hooks, 'queryToken', 'createTokenCredential')) lives(hooks)
    if (keepsTemporary) {
      temporaryCredentials(hooks)
      requestedScopes(hooks)
    }
    if (keepsTemporary && has(hooks, 'queryToken', 'createTokenCredential', 'exchangeTemporaryCredential'))
      exchanges(hooks)
    if (has(hooks, 'recordNonce')) nonces(hooks)
    if (store.sweep) {
      discretion(hooks as Hooks)
      sweeps(store, () => open(config))
      tokenSweeps(store)
    }

    describe(`${callsAtOnce} at once, ${rounds} rounds`, () => {
      races(hooks, (race) => runRace(hooks, race, callsAtOnce, 'here'))
    })
    if (!shared) return
    describe(`${processes} processes, ${callsAtOnce} at once, ${rounds} rounds`, () => {
      let racers: Promise<Racers> | undefined
      afterAll(async () => (await racers)?.close())
      races(hooks, async (race) => {
        racers ??= startRacers(backend, config, processes, Math.ceil(callsAtOnce / processes))
        return (await racers).run(race)
      })
    })
  })
}

function has<N extends keyof Hooks>(
  hooks: Partial<Hooks>,
  ...names: N[]
): hooks is Partial<Hooks> & Required<Pick<Hooks, N>> {
  return names.every((name) => typeof hooks[name] === 'function')
}

/** Each round has exactly one winner, and no caller gets an error. */
function races(hooks: Partial<Hooks>, run: (race: Race) => Promise<RaceResult>): void {
  const everyRound = async (prepare: (round: number) => Promise<Race>, check?: Check) => {
    for (let round = 0; round < rounds; round++) {
      const race = await prepare(round)
      const { winners, errors } = await run(race)
      expect(errors, `round ${round}`).toEqual([])
      expect(winners, `round ${round}`).toHaveLength(1)
      await check?.(race, winners[0] as string)
    }
  }
  const issue = async () => {
    const credential = temporary()
    await hooks.createTemporaryCredential?.(credential)
    return credential.oauthToken
  }

  if (has(hooks, 'recordNonce')) {
    it('a nonce is new once', { timeout: 120_000 }, async () => {
      await everyRound(async (round) => ({
        hook: 'recordNonce',
        record: nonceRecord(round % 2 ? { oauthToken: '' } : {}),
      }))
    })
  }
  if (has(hooks, 'createTokenCredential', 'revokeToken')) {
    it('a token is revoked once', { timeout: 120_000 }, async () => {
      await everyRound(async () => {
        const { clientId, oauthToken } = temporary()
        await hooks.createTokenCredential({ clientId, oauthToken, oauthTokenSecret: 's' })
        return { hook: 'revokeToken', clientId, oauthToken }
      })
    })
  }
  if (!has(hooks, 'createAuthorizationVerifier', 'getTemporaryCredential')) return
  if (has(hooks, 'exchangeTemporaryCredential', 'queryToken')) {
    it('a temporary credential is exchanged once', { timeout: 120_000 }, async () => {
      await everyRound(
        async () => {
          const { clientId, oauthToken } = temporary()
          const credential = { clientId, oauthToken, oauthTokenSecret: 's' }
          return { hook: 'exchangeTemporaryCredential', oauthToken: await issue(), credential }
        },
        async (race, winner) => {
          const { credential } = race as Race & { hook: 'exchangeTemporaryCredential' }
          const won = `${credential.oauthToken}:${winner}`
          expect(await hooks.queryToken(credential.clientId, won)).toMatchObject({ oauthToken: won })
        },
      )
    })
  }
  it('one approval is bound, whole', { timeout: 120_000 }, async () => {
    await everyRound(
      async () => ({ hook: 'createAuthorizationVerifier', oauthToken: await issue() }),
      async (race, winner) => {
        const { oauthToken } = race as { oauthToken: string }
        // The verifier of one and the user of another would be a hijack: the name of each call ends in its user.
        expect(await hooks.getTemporaryCredential(oauthToken)).toMatchObject({
          oauthVerifier: winner,
          scope: winner,
          userId: Number(winner.split('-')[1]),
        })
      },
    )
  })
  it('a temporary credential is spent once', { timeout: 120_000 }, async () => {
    await everyRound(async () => ({ hook: 'consumeTemporaryCredential', oauthToken: await issue() }))
  })
}

type Check = (race: Race, winner: string) => Promise<void>
