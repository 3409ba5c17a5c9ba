import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import { expect, it, vi } from 'vitest'
import { available } from '../../../countersign/test/services.ts'
import { openDatabase } from '../../src/database/database.ts'
import type { Database } from '../../src/database/schema.ts'
import { runProvider } from '../running-provider.ts'
import { Visitor } from '../visitor.ts'
import { Ledger } from './ledger.ts'
import { type DatabaseName, type ProviderGroup, startGroup } from './provider-group.ts'
import { seededRandom } from './random.ts'

/** Kills of each lane. A start costs two seconds of processor time: `.ci/run` makes it a hundred in all, in four lanes. */
const kills = Number(process.env['COUNTERSIGN_KILLS'] ?? 3)
const seed = Number(process.env['COUNTERSIGN_SEED'] ?? Math.floor(Math.random() * 2 ** 32))
const flows = 4
/** The provider is killed when so many tokens at most were given since its start, and then so much later at most. */
const mostTokens = 12
const mostMilliseconds = 40

vi.setConfig({ testTimeout: 900_000 })

const lanes: DatabaseName[] = ['sqlite', 'sqlite']
if ((await available('postgres')) && (await available('redis'))) lanes.push('postgres', 'postgres')

it(`is killed ${lanes.length * kills} times under load (COUNTERSIGN_SEED=${seed}): every token that was given works, and nothing is half made`, async () => {
  console.log(`The provider is killed at moments of COUNTERSIGN_SEED=${seed}.`)
  const done = await Promise.all(lanes.map((database, lane) => runLane(database, seed + lane)))
  // Else there was no load, and nothing to lose.
  expect(Math.min(...done.map(({ tokens }) => tokens))).toBeGreaterThan(kills)
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0)
  console.log(
    `${lanes.length * kills} kills: ${sum(done.map(({ tokens }) => tokens))} tokens given, ${sum(done.map(({ lost }) => lost))} responses with a token lost`,
  )
})

async function runLane(database: DatabaseName, seed: number): Promise<{ tokens: number; lost: number }> {
  const random = seededRandom(seed)
  // Of the kind that needs no server.
  const redis: Record<string, string> = database === 'sqlite' ? { REDIS_URL: '' } : {}
  const group = await startGroup(database, 1, { ...redis, ...withoutLimits })
  const db = await openDatabase(group.env['DATABASE_URL'] as string, { migrate: false })
  try {
    const member = await group.member('anna')
    const ledger = new Ledger(await group.register(member))
    let known = 0
    for (let kill = 0; kill < kills; kill++) {
      const load = loadOf(group, ledger, member)
      await ledger.given(Math.floor(random() * mostTokens), load)
      await sleep(random() * mostMilliseconds)
      await killAndRestart(group)
      await load
      await ledger.settle(group.next(), member, group.visitor, ledger.tokens.length - known)
      known = ledger.tokens.length
      await expectWhole(db, ledger)
    }
    // Once more, all of them: a later kill took nothing from what an earlier one had left.
    await ledger.settle(group.next(), member, group.visitor, ledger.tokens.length)
    return { tokens: ledger.tokens.length, lost: ledger.lost }
  } finally {
    await db.destroy()
    await group.close()
  }
}

/** They are for strangers, and here one address does everything. */
const withoutLimits = {
  RATE_LIMIT_OAUTH_PER_ADDRESS: '0',
  RATE_LIMIT_OAUTH_PER_CLIENT: '0',
  RATE_LIMIT_SIGN_UP: '0',
}

/** Ends when the provider is gone. A response that is wrong fails the test. */
async function loadOf(group: ProviderGroup, ledger: Ledger, member: Visitor): Promise<void> {
  const address = group.next()
  const acts = Array.from({ length: flows }, () => {
    const tab = new Visitor(group.next, { 'x-forwarded-for': '192.0.2.200' })
    for (const [name, value] of member.cookies) tab.cookies.set(name, value)
    return ledger.flows(address, tab)
  })
  acts.push(ledger.registrations(() => group.visitor()))
  // A failure is reported at once, while the others go on.
  await Promise.all(
    acts.map((act) =>
      act.catch((error: unknown) => {
        if (!isGone(error)) throw error
      }),
    ),
  )
}

/** Whether the connection broke, or could not be made: that, and no response, is all that a kill may look like. */
function isGone(error: unknown): boolean {
  return error instanceof TypeError && ['fetch failed', 'terminated'].includes(error.message)
}

async function killAndRestart(group: ProviderGroup): Promise<void> {
  const [killed] = group.processes
  process.kill(killed?.pid as number, 'SIGKILL')
  expect(await killed?.stop()).toBeNull()
  group.processes[0] = await runProvider(group.directory, group.env)
}

/** What no page may come upon. */
async function expectWhole(db: Database, { tokens, lost }: Ledger): Promise<void> {
  const orphans = await sql<{ kind: string }>`
    select 'client without secret' as kind from oauth_client where client_secret is null or client_secret = ''
    union all select 'token without client' from oauth_token_credential t
      where not exists (select 1 from oauth_client c where c.client_id = t.client_id)
    union all select 'token without user' from oauth_token_credential t
      where not exists (select 1 from ${sql.ref('user')} u where u.id = t.user_id)
    union all select 'token without secret' from oauth_token_credential t where oauth_token_secret = ''
    union all select 'temporary credential without client' from oauth_temporary_credential t
      where not exists (select 1 from oauth_client c where c.client_id = t.client_id)
    union all select 'approval without user' from oauth_temporary_credential
      where (oauth_verifier is null) <> (user_id is null)
    union all select 'session without user' from session s
      where not exists (select 1 from ${sql.ref('user')} u where u.id = s.user_id)
    union all select 'client without owner' from oauth_client c where owner_id is not null
      and not exists (select 1 from ${sql.ref('user')} u where u.id = c.owner_id)`.execute(db)
  expect(orphans.rows).toEqual([])
  // Each approval became one token: the client has it, or the response was lost.
  const { count } = await db
    .selectFrom('oauth_token_credential')
    .select(({ fn }) => fn.countAll().as('count'))
    .executeTakeFirstOrThrow()
  expect(Number(count)).toBe(tokens.length + lost)
}
