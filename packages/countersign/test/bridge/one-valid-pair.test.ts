import type { TokenGrantHooks } from 'countersign/bridge'
import { kyselyGrantHooks, withTokenGrantColumns } from 'countersign/kysely'
import { memoryHooks } from 'countersign/memory'
import { describe, expect, it } from 'vitest'
import { available } from '../services.ts'
import { createDatabase, databaseConfig, removeDatabase } from '../stores/backends/databases.ts'
import { connect } from '../stores/backends/kysely.ts'
import { Issuer, Setting, token } from './setting.ts'

interface OpenGrants {
  readonly grants: TokenGrantHooks
  close(): Promise<void>
}

function overKysely(kind: 'sqlite' | 'postgres' | 'mariadb'): () => Promise<OpenGrants> {
  return async () => {
    const config = databaseConfig(kind)
    await createDatabase(config)
    const db = connect(config)
    await db.schema.createTable('oauth_token_grant').$call(withTokenGrantColumns).execute()
    const close = async () => {
      await db.destroy()
      await removeDatabase(config)
    }
    const { queryTokenGrants, writeTokenGrants } = kyselyGrantHooks(db)
    return { grants: { queryTokenGrants, writeTokenGrants }, close }
  }
}

async function inMemory(): Promise<OpenGrants> {
  const { queryTokenGrants, writeTokenGrants } = memoryHooks()
  return { grants: { queryTokenGrants, writeTokenGrants }, close: async () => {} }
}

const stores: [name: string, open: () => Promise<OpenGrants>][] = [
  ['memory', inMemory],
  ['Kysely on SQLite', overKysely('sqlite')],
]
if (await available('postgres')) stores.push(['Kysely on PostgreSQL', overKysely('postgres')])
if (await available('mariadb')) stores.push(['Kysely on MariaDB', overKysely('mariadb')])

/** An issuer whose every response takes some turns of the event loop, so that exchanges overtake each other. */
function slowly(issuer: Issuer) {
  const turns = async () => {
    for (let turn = Math.floor(Math.random() * 5); turn >= 0; turn--)
      await new Promise((resolve) => setImmediate(resolve))
  }
  return {
    issueTokens: async (request: Parameters<Issuer['hooks']['issueTokens']>[0]) => {
      await turns()
      const issued = await issuer.hooks.issueTokens(request)
      await turns()
      return issued
    },
    revokeTokens: async (grantId: string) => {
      await turns()
      return issuer.hooks.revokeTokens(grantId)
    },
  }
}

describe.each(stores)('with the grants in %s', (_, open) => {
  async function withGrants(run: (grants: TokenGrantHooks) => Promise<void>) {
    const { grants, close } = await open()
    try {
      await run(grants)
    } finally {
      await close()
    }
  }

  it('a version is written by one of many, and never twice', async () => {
    await withGrants(async ({ queryTokenGrants, writeTokenGrants }) => {
      const key = { clientId: 'client', oauthToken: 'token' }
      expect(await queryTokenGrants('client', 'token')).toBeUndefined()
      for (const version of [1, 2, 3]) {
        const writes = Array.from({ length: 10 }, async (_, index) =>
          writeTokenGrants({ ...key, current: `g${index}`, pending: ['p'], outdated: ['a', 'b'], version }),
        )
        expect((await Promise.all(writes)).filter(Boolean)).toHaveLength(1)
      }
      const grants = await queryTokenGrants('client', 'token')
      expect(grants).toEqual({
        ...key,
        current: expect.stringMatching(/^g\d$/),
        pending: ['p'],
        outdated: ['a', 'b'],
        version: 3,
      })
      for (const version of [1, 3, 5])
        expect(await writeTokenGrants({ ...key, current: 'late', pending: [], outdated: [], version })).toBe(
          false,
        )
      expect(await queryTokenGrants('client', 'token')).toEqual(grants)
    })
  })

  it('what belongs to one client and token is not seen of another, whatever its case', async () => {
    await withGrants(async ({ queryTokenGrants, writeTokenGrants }) => {
      const grants = {
        clientId: 'client',
        oauthToken: 'token',
        current: undefined,
        pending: [],
        outdated: [],
        version: 1,
      }
      expect(await writeTokenGrants(grants)).toBe(true)
      expect(await writeTokenGrants({ ...grants, oauthToken: 'Token' })).toBe(true)
      expect(await writeTokenGrants({ ...grants, clientId: 'Client' })).toBe(false)
      expect(await writeTokenGrants({ ...grants, clientId: 'Client', version: 2 })).toBe(false)
      expect(await queryTokenGrants('Client', 'token')).toBeUndefined()
      expect(await queryTokenGrants('client', 'TOKEN')).toBeUndefined()
      expect(await queryTokenGrants('client', 'tok\0en')).toBeUndefined()
      expect(await queryTokenGrants('client', 'token')).toEqual(grants)
    })
  })

  it('an exchange again gives new tokens and revokes those before', async () => {
    await withGrants(async (grants) => {
      const setting = new Setting({ grants })
      for (let count = 1; count <= 3; count++) {
        expect(await setting.ask()).toMatchObject({ access_token: `access-${count}` })
        expect(setting.issuer.valid).toEqual([`access-${count}`, `refresh-${count}`])
      }
      expect(await setting.ask({ subject_token: 'wide' })).toMatchObject({ access_token: 'access-4' })
      expect(setting.issuer.valid).toEqual(['access-3', 'refresh-3', 'access-4', 'refresh-4'])
    })
  })

  it('fifty exchanges of one token at once leave exactly one valid pair, from one that succeeded', async () => {
    await withGrants(async (grants) => {
      const issuer = new Issuer()
      // Two processes with the same stores.
      const settings = [1, 2].map(() => new Setting({ grants, hooks: slowly(issuer) }))
      const asked = Array.from({ length: 50 }, (_, index) => (settings[index % 2] as Setting).ask())
      const outcomes = await Promise.allSettled(asked)
      const succeeded = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
      for (const outcome of outcomes)
        if (outcome.status === 'rejected')
          expect(outcome.reason).toMatchObject({ error: 'temporarily_unavailable', status: 503 })
      expect(issuer.valid).toHaveLength(2)
      expect(succeeded.map(({ access_token }) => access_token)).toContain(issuer.valid[0])
      expect(await grants.queryTokenGrants('client', token.oauthToken)).toMatchObject({
        pending: [],
        outdated: [],
      })
    })
  })
})
