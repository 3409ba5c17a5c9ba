import { holds, notACursor, type Page, type PageRequest, pageOf } from '../database/page.ts'
import type { Database } from '../database/schema.ts'
import { nowSeconds } from '../random.ts'
import { liveTokens, summariesAt, type TokenFilter, type TokenServices, type TokenSummary } from './tokens.ts'

/** Which tokens to list; each given field must match. */
export interface TokenSearch extends TokenFilter {
  /** Part of the token, or of its client's or user's name. */
  readonly search?: string | undefined
}

type Reading = Pick<TokenServices, 'db' | 'server'>

/** A page of the tokens that have not expired, oldest first. */
export async function tokenPage(
  { db, server }: Reading,
  { userId, clientId, search }: TokenSearch,
  page: PageRequest,
): Promise<Page<TokenSummary>> {
  const now = nowSeconds()
  let rows = liveTokens(db, now)
    .orderBy('token.created_at')
    .orderBy('token.oauth_token')
    .limit(page.limit + 1)
  if (userId !== undefined) rows = rows.where('token.user_id', '=', userId)
  if (clientId !== undefined) rows = rows.where('token.client_id', '=', clientId)
  if (search !== undefined) {
    rows = rows.where((given) =>
      given.or([
        holds(given.ref('token.oauth_token'), search),
        holds(given.ref('client.name'), search),
        holds(given.ref('user.name'), search),
      ]),
    )
  }
  if (page.after !== undefined) {
    const { createdAt, oauthToken } = placeOf(page.after)
    rows = rows.where((given) =>
      given.or([
        given('token.created_at', '>', createdAt),
        given.and([given('token.created_at', '=', createdAt), given('token.oauth_token', '>', oauthToken)]),
      ]),
    )
  }
  const cursor = (row: { readonly created_at: number; readonly oauth_token: string }) =>
    `${Number(row.created_at)}.${row.oauth_token}`
  return pageOf(await rows.execute(), page, summariesAt(server, now), cursor)
}

function placeOf(after: string): { readonly createdAt: number; readonly oauthToken: string } {
  const [, createdAt, oauthToken] = /^(\d{1,15})\.(.+)$/s.exec(after) ?? []
  if (createdAt === undefined || oauthToken === undefined) throw notACursor(after)
  return { createdAt: Number(createdAt), oauthToken }
}

/** One token that has not expired. */
export async function findToken(
  { db, server }: Reading,
  oauthToken: string,
): Promise<TokenSummary | undefined> {
  const now = nowSeconds()
  const row = await liveTokens(db, now).where('token.oauth_token', '=', oauthToken).executeTakeFirst()
  return row && summariesAt(server, now)(row)
}

/** The amount of access that ends with a user, a client, or a client's access to a user. */
export interface Access {
  readonly tokens: number
  readonly users: number
  readonly clients: number
}

/** Counts the tokens that have not expired, and their users and clients. */
export async function countAccess(db: Database, { userId, clientId }: TokenFilter): Promise<Access> {
  const now = nowSeconds()
  let rows = db
    .selectFrom('oauth_token_credential')
    .select((given) => [
      given.fn.countAll().as('tokens'),
      given.fn.count('user_id').distinct().as('users'),
      given.fn.count('client_id').distinct().as('clients'),
    ])
    .where((given) => given.or([given('expires_at', 'is', null), given('expires_at', '>', now)]))
  if (userId !== undefined) rows = rows.where('user_id', '=', userId)
  if (clientId !== undefined) rows = rows.where('client_id', '=', clientId)
  const { tokens, users, clients } = await rows.executeTakeFirstOrThrow()
  return { tokens: Number(tokens), users: Number(users), clients: Number(clients) }
}
