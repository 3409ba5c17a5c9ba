import type { Diagnosis } from 'countersign/diagnose'
import type { Database, Tables } from '../database/schema.ts'
import { nowSeconds } from '../random.ts'

/**
 * How a request ended. `unproven` is a refusal that anyone may have caused: the request names the client without
 * proving that it holds one of its secrets.
 */
export type RequestOutcome = 'accepted' | 'refused' | 'unproven'

/** How many requests of each kind are kept for one client: a stranger's requests never displace its own. */
export const mostKept: Readonly<Record<RequestOutcome, number>> = { accepted: 50, refused: 100, unproven: 50 }

/** How long to keep a request. */
const keptSeconds = 24 * 3600

/** A client's request, as shown in a list. */
export interface RecentRequest {
  readonly requestId: string
  /** Milliseconds since 1970: many requests fall into one second. */
  readonly atMilliseconds: number
  readonly outcome: RequestOutcome
  readonly endpoint: string
  readonly method: string
  readonly path: string
  /** The error sent to the client; undefined if the request was accepted. */
  readonly code: string | undefined
  /** One sentence: the first cause, or the client's error message if none was found. */
  readonly cause: string | undefined
}

/** Why a request was refused, as shown on its page: without tokens, verifiers and signatures. */
export interface RefusalDetails {
  readonly description: string
  readonly signatureMethod?: string | undefined
  readonly place?: string | undefined
  readonly diagnosis?: Diagnosis | undefined
  /** Why the client or the token was not accepted, in one sentence. */
  readonly inactive?: string | undefined
}

/** A refused request, with everything known about it. */
export interface Refusal extends RecentRequest {
  readonly details: RefusalDetails
}

type Row = Tables['recent_request']

export const recentRequestColumns = [
  'request_id',
  'at_milliseconds',
  'outcome',
  'endpoint',
  'method',
  'path',
  'code',
  'cause',
] as const satisfies readonly (keyof Row)[]

/** The latest requests of a client, newest first, with a limit per outcome, so that none crowds out another. */
export async function listRecentRequests(
  db: Database,
  clientId: string,
  mostOfEach: number = Number.MAX_SAFE_INTEGER,
): Promise<RecentRequest[]> {
  const found: RecentRequest[] = []
  for (const [outcome, most] of Object.entries(mostKept)) {
    const rows = await db
      .selectFrom('recent_request')
      .select(recentRequestColumns)
      .where('client_id', '=', clientId)
      .where('outcome', '=', outcome)
      .where('expires_at', '>', nowSeconds())
      .orderBy('at_milliseconds', 'desc')
      .limit(Math.min(most, mostOfEach))
      .execute()
    found.push(...rows.map(requestOf))
  }
  return found.sort((left, right) => right.atMilliseconds - left.atMilliseconds)
}

/** One refused request of a client; undefined if there is none, or it was accepted. */
export async function findRefusal(
  db: Database,
  clientId: string,
  requestId: string,
): Promise<Refusal | undefined> {
  const row = await db
    .selectFrom('recent_request')
    .select([...recentRequestColumns, 'details'])
    .where('request_id', '=', requestId)
    .where('client_id', '=', clientId)
    .where('expires_at', '>', nowSeconds())
    .executeTakeFirst()
  return row?.details ? { ...requestOf(row), details: JSON.parse(row.details) } : undefined
}

export function requestOf(row: { [Name in (typeof recentRequestColumns)[number]]: unknown }): RecentRequest {
  return {
    requestId: String(row.request_id),
    // PostgreSQL's driver reads 64-bit integers as text.
    atMilliseconds: Number(row.at_milliseconds),
    outcome: row.outcome as RequestOutcome,
    endpoint: String(row.endpoint),
    method: String(row.method),
    path: String(row.path),
    code: row.code === null ? undefined : String(row.code),
    cause: row.cause === null ? undefined : String(row.cause),
  }
}

/** A request to store, and its client. */
export interface NewRequest extends RecentRequest {
  readonly clientId: string
  readonly details: RefusalDetails | undefined
}

/** Rows in one statement: each database bounds the parameters of one. */
const rowsAtOnce = 50

/** Stores requests, in one transaction, and deletes the oldest of each client beyond the limit. */
export async function storeRequests(db: Database, requests: readonly NewRequest[]): Promise<void> {
  const seen = await knownClients(db, requests)
  const rows = requests.filter(({ clientId }) => seen.has(clientId)).map(rowOf)
  if (rows.length === 0) return
  await db.transaction().execute(async (transaction) => {
    for (let start = 0; start < rows.length; start += rowsAtOnce) {
      await transaction
        .insertInto('recent_request')
        .values(rows.slice(start, start + rowsAtOnce))
        .execute()
    }
    for (const [client_id, outcome] of kindsOf(rows)) await forgetOldest(transaction, client_id, outcome)
  })
}

/** A missing client would fail the whole transaction. */
async function knownClients(db: Database, requests: readonly NewRequest[]): Promise<ReadonlySet<string>> {
  const ids = [...new Set(requests.map(({ clientId }) => clientId))]
  const rows = await db.selectFrom('oauth_client').select('client_id').where('client_id', 'in', ids).execute()
  return new Set(rows.map(({ client_id }) => client_id))
}

function rowOf(request: NewRequest) {
  const { clientId, requestId, atMilliseconds, outcome, endpoint, method, path, code, cause } = request
  return {
    request_id: requestId,
    client_id: clientId,
    at_milliseconds: atMilliseconds,
    outcome,
    endpoint,
    method,
    path,
    code: code ?? null,
    cause: cause ?? null,
    details: request.details === undefined ? null : JSON.stringify(request.details),
    expires_at: Math.floor(atMilliseconds / 1000) + keptSeconds,
  }
}

/** The kinds of requests with additions, each once, in a fixed order for all processes. */
function kindsOf(rows: readonly { readonly client_id: string; readonly outcome: RequestOutcome }[]) {
  const kinds = new Map(
    rows.map(({ client_id, outcome }) => [`${client_id} ${outcome}`, [client_id, outcome] as const]),
  )
  return [...kinds].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, kind]) => kind)
}

/** Read first: MySQL has no `limit` in a subquery. */
async function forgetOldest(db: Database, clientId: string, outcome: RequestOutcome): Promise<void> {
  const beyond = await db
    .selectFrom('recent_request')
    .select('request_id')
    .where('client_id', '=', clientId)
    .where('outcome', '=', outcome)
    .orderBy('at_milliseconds', 'desc')
    .limit(mostKept[outcome] + rowsAtOnce)
    .offset(mostKept[outcome])
    .execute()
  if (beyond.length === 0) return
  const ids = beyond.map(({ request_id }) => request_id).sort()
  await db.deleteFrom('recent_request').where('request_id', 'in', ids).execute()
}
