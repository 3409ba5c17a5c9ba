import { type ListPiece, numberAndTextIn, usualLength } from '../database/list-page.ts'
import { type Page, pageOf } from '../database/page.ts'
import type { Database, ProviderServer } from '../database/schema.ts'
import { nowSeconds } from '../random.ts'

/** Which tokens to list; each given field must match. */
export interface TokenListFilter {
  /** The full name of a user. */
  readonly user?: string | undefined
  /** The key of a client. */
  readonly clientId?: string | undefined
}

/** The names of tokens on one administrator's pages: tokens themselves appear in no page and no URL. */
export interface TokenNames {
  nameOf(oauthToken: string): string
  /** Undefined for a name that is not from these pages. */
  tokenOf(name: string): string | undefined
}

/** A token, as seen by administrators: only its first characters, and no secret. */
export interface AdministeredToken {
  /** Identifies it for `revokeAdministeredToken`, but grants no access. */
  readonly id: string
  readonly beginning: string
  readonly clientId: string
  readonly clientName: string
  readonly userName: string | null
  /** Space-separated; null for none. */
  readonly scope: string | null
  /** Times are seconds since 1970. */
  readonly createdAt: number
  readonly expiresAt: number | null
  readonly lastUsedAt: number | null
  /** Its user is suspended, so it is not accepted. */
  readonly isSuspended: boolean
}

/** A page of the tokens that have not expired, newest first. */
export async function listAllTokens(
  db: Database,
  names: TokenNames,
  { user = '', clientId = '' }: TokenListFilter = {},
  { from, most = usualLength }: ListPiece = {},
): Promise<Page<AdministeredToken>> {
  if (`${user}${clientId}`.includes('\0')) return { items: [], next: undefined }
  let rows = tokens(db)
    .where(({ or, eb }) => or([eb('expires_at', 'is', null), eb('expires_at', '>', nowSeconds())]))
    .orderBy('created_at', 'desc')
    .orderBy('oauth_token', 'desc')
  if (user !== '') {
    const name = user.trim().toLowerCase()
    // Not by the joined name: the database would read everyone's tokens.
    const found = await db.selectFrom('user').select('id').where('name', '=', name).executeTakeFirst()
    if (found === undefined) return { items: [], next: undefined }
    rows = rows.where('user_id', '=', found.id)
  }
  if (clientId !== '') rows = rows.where('client_id', '=', clientId)
  const [at, name] = numberAndTextIn(from) ?? []
  const last = name === undefined ? undefined : names.tokenOf(name)
  const item = (row: Row) => administered(row, names)
  const cursor = (row: Row) => `${row.created_at}.${names.nameOf(row.oauth_token)}`
  const wanted = most + 1
  if (at === undefined || last === undefined)
    return pageOf(await withNames(db, rows.limit(wanted)), { limit: most }, item, cursor)
  // In two queries, each over one range of the index: an import creates many tokens in the same second.
  const sameSecond = rows.where('created_at', '=', at).where('oauth_token', '<', last)
  const found = await withNames(db, sameSecond.limit(wanted))
  const missing = wanted - found.length
  if (missing > 0) found.push(...(await withNames(db, rows.where('created_at', '<', at).limit(missing))))
  return pageOf(found, { limit: most }, item, cursor)
}

/** Revokes a token from a list. Returns what it was; undefined if it no longer exists. */
export async function revokeAdministeredToken(
  { db, server }: { readonly db: Database; readonly server: Pick<ProviderServer, 'revokeToken'> },
  names: TokenNames,
  id: string,
): Promise<AdministeredToken | undefined> {
  const oauthToken = names.tokenOf(id)
  if (oauthToken === undefined) return undefined
  const [row] = await withNames(db, tokens(db).where('oauth_token', '=', oauthToken))
  if (row === undefined || !(await server.revokeToken(row.client_id, oauthToken))) return undefined
  return administered(row, names)
}

const columns = [
  'oauth_token',
  'client_id',
  'user_id',
  'scope',
  'created_at',
  'expires_at',
  'last_used_at',
  'suspended_at',
] as const

function tokens(db: Database) {
  return db.selectFrom('oauth_token_credential').select(columns)
}

/** Tokens with the names of their clients and users, which are looked up only for these. */
function withNames(db: Database, chosen: ReturnType<typeof tokens>) {
  return db
    .selectFrom(chosen.as('token'))
    .innerJoin('oauth_client as client', 'client.client_id', 'token.client_id')
    .leftJoin('user', 'user.id', 'token.user_id')
    .selectAll('token')
    .select(['client.name', 'user.name as user_name'])
    .orderBy('token.created_at', 'desc')
    .orderBy('token.oauth_token', 'desc')
    .execute()
}

type Row = Awaited<ReturnType<typeof withNames>>[number]

function administered(row: Row, names: TokenNames): AdministeredToken {
  return {
    id: names.nameOf(row.oauth_token),
    beginning: row.oauth_token.slice(0, 6),
    clientId: row.client_id,
    clientName: row.name,
    userName: row.user_name,
    scope: row.scope || null,
    createdAt: Number(row.created_at),
    expiresAt: secondsOf(row.expires_at),
    lastUsedAt: secondsOf(row.last_used_at),
    isSuspended: row.suspended_at !== null,
  }
}

/** PostgreSQL's driver reads 64-bit integers as text. */
function secondsOf(stored: number | string | null | undefined): number | null {
  return stored === null || stored === undefined ? null : Number(stored)
}
