import { StoreError } from 'countersign'
import { reseal, type SealedRow } from 'countersign/sealed'
import { type Kysely, sql } from 'kysely'
import { databaseKind } from '../settings/database-address.ts'
import type { Database } from './schema.ts'
import { type Seal, sealOf } from './seal.ts'
import { forgetOtherKeys } from './sealing-keys.ts'

/** The outcome for the stored secrets. */
export interface SealingReport {
  /** Secrets that were rewritten. */
  readonly clients: number
  readonly tokens: number
  /** Secrets that do not open: they were changed, or belong to another row. They are left as they are. */
  readonly unreadable: number
}

/** Rows that are read together, and changed in one transaction. */
const pieceLength = 200

/** The columns that hold secrets. Tables are read in the order of their key. */
const places = [
  { table: 'oauth_client', key: 'client_id', columns: ['client_secret', 'previous_secret'], kind: 'client' },
  { table: 'oauth_token_credential', key: 'oauth_token', columns: ['oauth_token_secret'], kind: 'token' },
  {
    table: 'oauth_temporary_credential',
    key: 'oauth_token',
    columns: ['oauth_token_secret'],
    kind: 'temporary',
  },
] as const
type Place = (typeof places)[number]
type Row = Readonly<Record<string, string | null>>

/**
 * Seals every stored secret that is not sealed with the first key; with `remove`, opens all of them instead. The
 * provider may run meanwhile: a secret that changes between reading and writing is left alone, and found in the next
 * round. An interrupted run continues when it is run again.
 */
export async function sealStoredSecrets(
  db: Database,
  { remove = false }: { readonly remove?: boolean } = {},
): Promise<SealingReport> {
  const seal = sealOf(db)
  const total = { clients: 0, tokens: 0, unreadable: 0 }
  for (let isChanged = true; isChanged; ) {
    isChanged = false
    total.unreadable = 0
    for (const place of places) {
      for await (const { changed, unreadable } of pieces(db, place, remove ? opening(seal) : sealing(seal))) {
        total[place.kind === 'client' ? 'clients' : 'tokens'] += changed
        total.unreadable += unreadable
        isChanged ||= changed > 0
      }
    }
  }
  if (total.unreadable === 0) await forgetOtherKeys(db, remove ? [] : seal.ids.slice(0, 1))
  return total
}

/** What to store instead; undefined if it stays. @throws StoreError when it does not open. */
type Rewrite = (stored: string, row: SealedRow) => Promise<string | undefined>

function sealing({ options }: Seal): Rewrite {
  return async (stored, row) => {
    if (options === undefined) return undefined
    for await (const { resealed } of reseal([{ ...row, stored }], options)) return resealed
    return undefined
  }
}

function opening(seal: Seal): Rewrite {
  return async (stored, row) => {
    const secret = seal.open(stored, row)
    return secret === stored ? undefined : secret
  }
}

/** Processes one table in batches. */
async function* pieces(db: Database, { table, key, columns, kind }: Place, rewrite: Rewrite) {
  const rows = db as unknown as Kysely<Record<string, Row>>
  const selected = [...new Set(['client_id', key, ...columns])]
  for (let last = ''; ; ) {
    const piece = await rows
      .selectFrom(table)
      .select(selected)
      .where(key, '>', last)
      .orderBy(key)
      .limit(pieceLength)
      .execute()
    if (piece.length === 0) return
    last = String(piece.at(-1)?.[key])
    yield await change(rows, { table, key, columns, kind } as Place, piece, rewrite)
  }
}

async function change(
  db: Kysely<Record<string, Row>>,
  { table, key, columns, kind }: Place,
  piece: readonly Row[],
  rewrite: Rewrite,
) {
  const changes: {
    readonly key: string
    readonly column: string
    readonly stored: string
    readonly value: string
  }[] = []
  let unreadable = 0
  for (const row of piece) {
    const sealed = { kind, clientId: String(row['client_id']), oauthToken: String(row[key]) } as SealedRow
    for (const column of columns) {
      const stored = row[column]
      if (!stored) continue
      try {
        const value = await rewrite(stored, sealed)
        if (value !== undefined) changes.push({ key: String(row[key]), column, stored, value })
      } catch (error) {
        if (!(error instanceof StoreError)) throw error
        unreadable++
      }
    }
  }
  if (changes.length === 0) return { changed: 0, unreadable }
  const changed = await db.transaction().execute(async (transaction) => {
    let count = 0n
    for (const { key: id, column, stored, value } of changes) {
      const { numUpdatedRows } = await transaction
        .updateTable(table)
        .set({ [column]: value })
        .where(key, '=', id)
        // A concurrent write has sealed it already.
        .where(column, '=', stored)
        .executeTakeFirst()
      count += numUpdatedRows
    }
    return Number(count)
  })
  return { changed, unreadable }
}

/**
 * Rewrites a SQLite file without the pages that held secrets before they were sealed. Database servers do so
 * themselves, in time.
 */
export async function vacuumFile(db: Database, database: string): Promise<void> {
  if (databaseKind(database) !== 'sqlite') return
  await sql`vacuum`.execute(db)
  await sql`pragma wal_checkpoint(truncate)`.execute(db)
}
