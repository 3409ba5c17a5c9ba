import { type Context, Hono } from 'hono'
import { listUsers } from '../../accounts/user-list.ts'
import { listAudit } from '../../audit/audit-list.ts'
import { recordAudit } from '../../audit/record-audit.ts'
import { listAllClients } from '../../clients/administered-clients.ts'
import { listSignings } from '../../clients/signing-list.ts'
import type { Services } from '../../services.ts'
import { listAllTokens } from '../../tokens/administered-tokens.ts'
import type { WebEnv } from '../http/session.ts'
import { csvLine } from './csv.ts'
import { auditFilter, clientFilter, tokenFilter, usageFilter, userFilter } from './filters.ts'
import { tokenNames } from './token-names.ts'

/** One entry of a file: its columns, in order. */
type Entry = Readonly<Record<string, string | number | boolean | null>>

/** Reads the next page of a list. */
type ReadPiece = (
  from: string | undefined,
) => Promise<{ entries: readonly Entry[]; next: string | undefined }>

/** How many entries to read at once: memory holds no more, however long the list is. */
const most = 500

/** Every administration list, as a file. */
export function exportRoutes(services: Services): Hono<WebEnv> {
  const { db } = services
  const routes = new Hono<WebEnv>()

  const lists: Readonly<Record<string, (c: Context<WebEnv>) => ReadPiece>> = {
    users: (c) => {
      const filter = userFilter(c)
      return async (from) => {
        const { items, next } = await listUsers(db, filter, { from, most })
        const entries = items.map(({ id, name, isAdmin, createdAt, suspendedAt }) => ({
          id,
          name,
          administrator: isAdmin,
          created_at: time(createdAt),
          suspended_at: time(suspendedAt),
        }))
        return { entries, next }
      }
    },
    clients: (c) => {
      const filter = clientFilter(c)
      return async (from) => {
        const { items, next } = await listAllClients(db, filter, { from, most })
        const entries = items.map((client) => ({
          key: client.clientId,
          name: client.name,
          owner: client.ownerName,
          status: client.status,
          verified_at: time(client.verifiedAt),
          created_at: time(client.createdAt),
          oauth2_client_id: client.oauth2ClientId,
        }))
        return { entries, next }
      }
    },
    tokens: (c) => {
      const filter = tokenFilter(c)
      const names = tokenNames(c)
      return async (from) => {
        const { items, next } = await listAllTokens(db, names, filter, { from, most })
        const entries = items.map((token) => ({
          token_begins: token.beginning,
          client: token.clientId,
          client_name: token.clientName,
          user: token.userName,
          scope: token.scope,
          created_at: time(token.createdAt),
          expires_at: time(token.expiresAt),
          last_used_at: time(token.lastUsedAt),
          suspended: token.isSuspended,
        }))
        return { entries, next }
      }
    },
    usage: (c) => {
      const filter = usageFilter(c)
      return async (from) => {
        const { items, next } = await listSignings(db, filter, { from, most })
        const entries = items.map((signing) => ({
          client: signing.clientId,
          client_name: signing.name,
          method: signing.signatureMethod,
          hash: signing.hash,
          place: signing.place,
          accepted: signing.accepted,
          refused: signing.refused,
          first_at: time(signing.firstAt),
          last_at: time(signing.lastAt),
          oauth2_client_id: signing.oauth2ClientId,
        }))
        return { entries, next }
      }
    },
    audit: (c) => {
      const { filter } = auditFilter(c)
      return async (from) => {
        const { items, next } = await listAudit(db, filter, { from, most })
        const entries = items.map(
          ({ atMilliseconds, action, actor, subject, network, requestId, details }) => ({
            at: new Date(atMilliseconds).toISOString(),
            action,
            actor_kind: actor.kind,
            actor: actor.id,
            actor_name: actor.name,
            subject_kind: subject?.kind ?? null,
            subject: subject?.id ?? null,
            subject_name: subject?.name ?? null,
            network,
            request_id: requestId,
            details: JSON.stringify(details),
          }),
        )
        return { entries, next }
      }
    },
  }

  for (const [list, read] of Object.entries(lists)) {
    for (const format of ['csv', 'json'] as const) {
      routes.get(`/admin/export/${list}.${format}`, async (c) => {
        const piece = read(c)
        // A failure to read is shown as a page, not in the middle of a file.
        const first = await piece(undefined)
        await recordAudit(services, {
          action: 'list.exported',
          subject: { kind: 'list', id: list, name: list },
          details: { ...c.req.query(), format },
        })
        c.header('content-type', format === 'csv' ? 'text/csv; charset=utf-8' : 'application/json')
        c.header('content-disposition', `attachment; filename="${list}.${format}"`)
        return c.body(streamOf(format === 'csv' ? csvPieces(first, piece) : jsonPieces(first, piece)))
      })
    }
  }
  return routes
}

async function* csvPieces(first: Awaited<ReturnType<ReadPiece>>, read: ReadPiece): AsyncGenerator<string> {
  const [entry] = first.entries
  if (entry === undefined) return
  yield csvLine(Object.keys(entry))
  for await (const entries of allPieces(first, read))
    yield entries.map((one) => csvLine(Object.values(one))).join('')
}

async function* jsonPieces(first: Awaited<ReturnType<ReadPiece>>, read: ReadPiece): AsyncGenerator<string> {
  let separator = '[\n'
  for await (const entries of allPieces(first, read)) {
    for (const one of entries) {
      yield separator + JSON.stringify(one)
      separator = ',\n'
    }
  }
  yield separator === '[\n' ? '[]\n' : '\n]\n'
}

async function* allPieces(
  first: Awaited<ReturnType<ReadPiece>>,
  read: ReadPiece,
): AsyncGenerator<readonly Entry[]> {
  for (let piece = first; ; piece = await read(piece.next)) {
    yield piece.entries
    if (piece.next === undefined) return
  }
}

/** Streams texts, reading no faster than they are sent. */
function streamOf(texts: AsyncGenerator<string>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  return new ReadableStream({
    async pull(controller) {
      const { value, done } = await texts.next()
      if (done) controller.close()
      else controller.enqueue(encoder.encode(value))
    },
    async cancel() {
      await texts.return(undefined)
    },
  })
}

function time(seconds: number | null): string | null {
  return seconds === null ? null : new Date(seconds * 1000).toISOString()
}
