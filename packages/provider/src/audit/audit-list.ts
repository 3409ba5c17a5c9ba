import { type ListPiece, numberAndTextIn, usualLength } from '../database/list-page.ts'
import { isKey, type Page, pageOf } from '../database/page.ts'
import type { Database } from '../database/schema.ts'

/** Which entries to list; each given field must match. */
export interface AuditFilter {
  /** The name of a user or an operator, or the key or the name of a client. */
  readonly actor?: string | undefined
  readonly subject?: string | undefined
  readonly action?: string | undefined
  /** Milliseconds since 1970, both inclusive. */
  readonly since?: number | undefined
  readonly until?: number | undefined
}

/** The actor or the subject of an entry. */
export interface AuditParty {
  readonly kind: string
  readonly id: string | null
  /** The name at that time. */
  readonly name: string | null
}

/** An entry of the audit log. */
export interface AuditLine {
  readonly id: number
  readonly atMilliseconds: number
  readonly action: string
  readonly actor: AuditParty
  readonly subject: AuditParty | null
  readonly network: string | null
  readonly requestId: string | null
  readonly details: Readonly<Record<string, unknown>>
}

type Column = 'actor_id' | 'actor_name' | 'subject_id' | 'subject_name'

/** A page of the audit log, newest first. */
export async function listAudit(
  db: Database,
  filter: AuditFilter = {},
  { from, most = usualLength }: ListPiece = {},
): Promise<Page<AuditLine>> {
  const { actor = '', subject = '' } = filter
  if (`${actor}${subject}${filter.action ?? ''}`.includes('\0')) return { items: [], next: undefined }
  const found = new Map<number, Row>()
  // One query for each column that may hold the text: each reads at most a page, in order, from an index.
  for (const actorColumn of columnsOf(actor, ['actor_id', 'actor_name'])) {
    for (const subjectColumn of columnsOf(subject, ['subject_id', 'subject_name'])) {
      let rows = newest(db, filter, from, most + 1)
      if (actorColumn !== undefined) rows = rows.where(actorColumn, '=', actor)
      if (subjectColumn !== undefined) rows = rows.where(subjectColumn, '=', subject)
      for (const row of await rows.execute()) found.set(Number(row.id), row)
    }
  }
  const rows = [...found.values()].sort(
    (left, right) => Number(right.at_milliseconds) - Number(left.at_milliseconds) || right.id - left.id,
  )
  return pageOf(rows, { limit: most }, lineOf, ({ at_milliseconds, id }) => `${at_milliseconds}.${id}`)
}

function columnsOf<C extends Column>(text: string, columns: readonly C[]): readonly (C | undefined)[] {
  return text === '' ? [undefined] : columns
}

function newest(
  db: Database,
  { action, since, until }: AuditFilter,
  from: string | undefined,
  limit: number,
) {
  let rows = db
    .selectFrom('audit_event')
    .selectAll()
    .orderBy('at_milliseconds', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
  const [at, id] = numberAndTextIn(from) ?? []
  if (at !== undefined && id !== undefined && isKey(id)) {
    // Only the first condition bounds the scan of the index.
    rows = rows
      .where('at_milliseconds', '<=', at)
      .where((given) => given.or([given('at_milliseconds', '<', at), given('id', '<', Number(id))]))
  }
  if (action !== undefined && action !== '') rows = rows.where('action', '=', action)
  if (since !== undefined) rows = rows.where('at_milliseconds', '>=', since)
  if (until !== undefined) rows = rows.where('at_milliseconds', '<=', until)
  return rows
}

type Row = Awaited<ReturnType<ReturnType<typeof newest>['executeTakeFirstOrThrow']>>

function lineOf(row: Row): AuditLine {
  return {
    id: Number(row.id),
    // PostgreSQL's driver reads 64-bit integers as text.
    atMilliseconds: Number(row.at_milliseconds),
    action: row.action,
    actor: { kind: row.actor_kind, id: row.actor_id, name: row.actor_name },
    subject:
      row.subject_kind === null
        ? null
        : { kind: row.subject_kind, id: row.subject_id, name: row.subject_name },
    network: row.network,
    requestId: row.request_id,
    details: row.details === null ? {} : JSON.parse(row.details),
  }
}
