import type { Insertable } from 'kysely'
import type { Database, Tables } from '../database/schema.ts'
import type { AuditActor } from './actor.ts'
import type { AuditEvent, AuditSubject } from './audit-event.ts'

type Row = Insertable<Tables['audit_event']>
type Party = AuditActor | AuditSubject

/** A text column of MySQL holds more, but an entry does not need it. */
const longestDetails = 2_000
/** Rows in one statement: each database bounds the parameters of one. */
const rowsAtOnce = 50

/** The rows of events, with the current names of users and clients, which may be gone later. */
export async function auditRows(
  db: Database,
  events: readonly AuditEvent[],
  keptSeconds: number,
): Promise<Row[]> {
  const complete = await completion(
    db,
    events.flatMap(({ actor, subject }) => (subject === undefined ? [actor] : [actor, subject])),
  )
  return events.map((event) => {
    const actor = complete(event.actor)
    const subject = event.subject && complete(event.subject)
    return {
      at_milliseconds: event.atMilliseconds,
      action: event.action,
      actor_kind: actor.kind,
      actor_id: actor.id,
      actor_name: actor.name,
      subject_kind: subject?.kind ?? null,
      subject_id: subject?.id ?? null,
      subject_name: subject?.name ?? null,
      network: event.network?.slice(0, 64) ?? null,
      request_id: event.requestId?.slice(0, 64) ?? null,
      details: detailsText(event.details),
      expires_at: Math.floor(event.atMilliseconds / 1000) + keptSeconds,
    }
  })
}

export async function insertRows(db: Database, rows: readonly Row[]): Promise<void> {
  for (let start = 0; start < rows.length; start += rowsAtOnce)
    await db
      .insertInto('audit_event')
      .values(rows.slice(start, start + rowsAtOnce))
      .execute()
}

function detailsText(details: AuditEvent['details']): string | null {
  const text = JSON.stringify(details ?? {})
  if (text === '{}') return null
  return text.length <= longestDetails ? text : JSON.stringify({ tooLong: text.length })
}

/** Looks up missing names and ids of the parties. Returns a function that adds them. */
async function completion(db: Database, parties: readonly Party[]) {
  const users = parties.filter(({ kind }) => kind === 'user')
  const clients = parties.filter(({ kind, name }) => kind === 'client' && name === undefined)
  const userNames = await namesOfUsers(
    db,
    users.flatMap(({ id, name }) => (id !== undefined && name === undefined ? [Number(id)] : [])),
  )
  const userIds = await idsOfUsers(
    db,
    users.flatMap(({ id, name }) => (id === undefined && isStorable(name) ? [name] : [])),
  )
  const clientNames = await namesOfClients(
    db,
    clients.flatMap(({ id }) => (id === undefined ? [] : [String(id)])),
  )
  return ({ kind, id, name }: Party) => {
    // A name that no user has is not stored: people type their passwords there by mistake.
    if (kind === 'user' && id === undefined && name !== undefined) {
      const found = userIds.get(name)
      return { kind, id: found ?? null, name: found === undefined ? null : name }
    }
    const names = kind === 'user' ? userNames : clientNames
    return { kind, id: id === undefined ? null : String(id), name: name ?? names.get(String(id)) ?? null }
  }
}

/** PostgreSQL's text cannot contain NUL: one typed name must not lose the other entries. */
function isStorable(name: string | undefined): name is string {
  return name !== undefined && !name.includes('\0')
}

async function namesOfUsers(db: Database, ids: readonly number[]): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('user')
    .select(['id', 'name'])
    .where('id', 'in', [...new Set(ids)])
    .execute()
  return new Map(rows.map(({ id, name }) => [String(id), name]))
}

async function idsOfUsers(db: Database, names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (names.length === 0) return new Map()
  const rows = await db
    .selectFrom('user')
    .select(['id', 'name'])
    .where('name', 'in', [...new Set(names)])
    .execute()
  return new Map(rows.map(({ id, name }) => [name, String(id)]))
}

async function namesOfClients(db: Database, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  if (ids.length === 0) return new Map()
  const rows = await db
    .selectFrom('oauth_client')
    .select(['client_id', 'name'])
    .where('client_id', 'in', [...new Set(ids)])
    .execute()
  return new Map(rows.map(({ client_id, name }) => [client_id, name]))
}
