import type { ExpressionBuilder, ExpressionWrapper, SqlBool } from 'kysely'
import { type ListPiece, usualLength } from '../database/list-page.ts'
import { holds, isKey, notACursor, type Page, type PageRequest, pageOf } from '../database/page.ts'
import type { Database, Tables } from '../database/schema.ts'
import { nowSeconds } from '../random.ts'
import { dayOf, secondsOfDay, type UsageCounts } from './client-usage.ts'

/** Ways of signing that are to end: `weak` is any of SHA-1, PLAINTEXT and parameters in queries. */
export const signingKinds = ['weak', 'sha1', 'plaintext', 'query', 'body'] as const

export type SigningKind = (typeof signingKinds)[number]

/** Which ways of signing to list; each given field must match. */
export interface SigningFilter {
  readonly kind?: SigningKind | undefined
  readonly signatureMethod?: string | undefined
  /** `header`, `body` or `query`. */
  readonly place?: string | undefined
  /** The key of a client, or part of its name. */
  readonly client?: string | undefined
  /** Only usage within this many days, today included; requests are counted over these days. Default 30. */
  readonly days?: number | undefined
}

/** How one client signs, with one method in one place. */
export interface ClientSigning extends UsageCounts {
  readonly clientId: string
  readonly name: string
  /** The OAuth 2 client that the client is paired with; null for one that cannot move yet. */
  readonly oauth2ClientId: string | null
  /** Empty if refused requests named no known method. */
  readonly signatureMethod: string
  /** `SHA-1`, `SHA-256`, `SHA-512`; empty for PLAINTEXT and for methods whose digest is not known. */
  readonly hash: string
  /** `header`, `body` or `query`; empty if there was none. */
  readonly place: string
  /** Seconds since 1970. */
  readonly firstAt: number
  readonly lastAt: number
}

/** A page of the ways in which clients sign, the last used first. */
export async function listSignings(
  db: Database,
  filter: SigningFilter = {},
  { from, most = usualLength }: ListPiece = {},
): Promise<Page<ClientSigning>> {
  const { days = 30 } = filter
  const firstDay = dayOf(nowSeconds()) - days + 1
  if (`${filter.client ?? ''}${filter.signatureMethod ?? ''}`.includes('\0'))
    return { items: [], next: undefined }
  const rows = await latest(db, filter, firstDay, from, most + 1)
  const page = pageOf(rows, { limit: most }, signingOf, ({ last_at, id }) => `${Number(last_at)}.${id}`)
  const counts = await countsOf(db, page.items, firstDay)
  return {
    ...page,
    items: page.items.map((item) => ({ ...item, ...(counts.get(keyOf(item)) ?? none) })),
  }
}

/** Like `listSignings`. @throws InputError for an invalid cursor. */
export async function signingPage(
  db: Database,
  filter: SigningFilter,
  { after, limit }: PageRequest,
): Promise<Page<ClientSigning>> {
  if (after !== undefined && placeIn(after) === undefined) throw notACursor(after)
  return listSignings(db, filter, { from: after, most: limit })
}

const none: UsageCounts = { accepted: 0, refused: 0 }

function latest(
  db: Database,
  { kind, signatureMethod, place, client }: SigningFilter,
  firstDay: number,
  from: string | undefined,
  limit: number,
) {
  let rows = db
    .selectFrom('client_signing as signing')
    .innerJoin('oauth_client as client', 'client.client_id', 'signing.client_id')
    .select([
      'signing.id',
      'signing.client_id',
      'client.name',
      'client.oauth2_client_id',
      'signing.signature_method',
      'signing.place',
      'signing.first_at',
      'signing.last_at',
    ])
    .where('signing.last_at', '>=', firstDay * secondsOfDay)
    .orderBy('signing.last_at', 'desc')
    .orderBy('signing.id', 'desc')
    .limit(limit)
  const before = placeIn(from)
  if (before !== undefined) {
    const [at, id] = before
    // Only the first condition bounds the scan of the index.
    rows = rows
      .where('signing.last_at', '<=', at)
      .where((given) => given.or([given('signing.last_at', '<', at), given('signing.id', '<', id)]))
  }
  if (kind !== undefined) rows = rows.where((given) => isOfKind(given, kind))
  if (signatureMethod) rows = rows.where('signing.signature_method', '=', signatureMethod)
  if (place !== undefined) rows = rows.where('signing.place', '=', place)
  if (client) {
    rows = rows.where((given) =>
      given.or([given('signing.client_id', '=', client), holds(given.ref('client.name'), client)]),
    )
  }
  return rows.execute()
}

type Given = ExpressionBuilder<
  Tables & { signing: Tables['client_signing']; client: Tables['oauth_client'] },
  'signing' | 'client'
>
type Condition = ExpressionWrapper<
  Tables & { signing: Tables['client_signing']; client: Tables['oauth_client'] },
  'signing' | 'client',
  SqlBool
>

function isOfKind(given: Given, kind: SigningKind): Condition {
  const conditions = {
    sha1: () => given('signing.signature_method', 'in', ['HMAC-SHA1', 'RSA-SHA1']),
    plaintext: () => given('signing.signature_method', '=', 'PLAINTEXT'),
    query: () => given('signing.place', '=', 'query'),
    body: () => given('signing.place', '=', 'body'),
  }
  return kind === 'weak'
    ? given.or([conditions.sha1(), conditions.plaintext(), conditions.query()])
    : conditions[kind]()
}

function placeIn(cursor: string | undefined): readonly [at: number, id: number] | undefined {
  const [, at, id] = /^(\d{1,15})\.(\d{1,10})$/.exec(cursor ?? '') ?? []
  return at === undefined || id === undefined || !isKey(id) ? undefined : [Number(at), Number(id)]
}

type Row = Awaited<ReturnType<typeof latest>>[number]

// PostgreSQL's driver reads 64-bit integers as text.
function signingOf({
  client_id,
  name,
  oauth2_client_id,
  signature_method,
  place,
  first_at,
  last_at,
}: Row): ClientSigning {
  return {
    clientId: client_id,
    name,
    oauth2ClientId: oauth2_client_id,
    signatureMethod: signature_method,
    hash: hashOf(signature_method),
    place,
    ...none,
    firstAt: Number(first_at),
    lastAt: Number(last_at),
  }
}

function hashOf(method: string): string {
  const [, bits] = /-SHA(1|256|512)$/.exec(method) ?? []
  return bits === undefined ? '' : `SHA-${bits}`
}

function keyOf({ clientId, signatureMethod, place }: ClientSigning): string {
  return JSON.stringify([clientId, signatureMethod, place])
}

/** The requests of the last days, for the clients of one page. */
async function countsOf(
  db: Database,
  signings: readonly ClientSigning[],
  firstDay: number,
): Promise<ReadonlyMap<string, UsageCounts>> {
  const clientIds = [...new Set(signings.map(({ clientId }) => clientId))]
  if (clientIds.length === 0) return new Map()
  const rows = await db
    .selectFrom('client_usage')
    .select(({ fn }) => [
      'client_id',
      'signature_method',
      'place',
      fn.sum('accepted').as('accepted'),
      fn.sum('refused').as('refused'),
    ])
    .where('client_id', 'in', clientIds)
    .where('day', '>=', firstDay)
    .groupBy(['client_id', 'signature_method', 'place'])
    .execute()
  return new Map(
    rows.map((row) => [
      JSON.stringify([row.client_id, row.signature_method, row.place]),
      { accepted: Number(row.accepted), refused: Number(row.refused) },
    ]),
  )
}
