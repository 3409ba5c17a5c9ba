import { type ListPiece, numberIn, usualLength } from '../database/list-page.ts'
import { holds, type Page, pageOf } from '../database/page.ts'
import type { Database } from '../database/schema.ts'
import { type ClientDetails, clientRows, detailsOf } from './client-list.ts'
import type { ClientStatus } from './client-status.ts'

/** Whether a client is paired with an OAuth 2 client. */
export const pairings = ['paired', 'unpaired'] as const

export type Pairing = (typeof pairings)[number]

/** Which clients to list; each given field must match. */
export interface ClientFilter {
  /** The key, part of the name, or the ID of the paired OAuth 2 client. */
  readonly text?: string | undefined
  /** The full name of the user who registered it. */
  readonly owner?: string | undefined
  readonly status?: ClientStatus | undefined
  /** Whether it is paired with an OAuth 2 client. */
  readonly pairing?: Pairing | undefined
}

/** A page of the clients, newest first. */
export async function listAllClients(
  db: Database,
  { text = '', owner = '', status, pairing }: ClientFilter = {},
  { from, most = usualLength }: ListPiece = {},
): Promise<Page<ClientDetails>> {
  let rows = clientRows(db)
    .orderBy('client.id', 'desc')
    .limit(most + 1)
  const before = numberIn(from)
  if (before !== undefined) rows = rows.where('client.id', '<', before)
  if (status !== undefined) rows = rows.where('client.status', '=', status)
  if (pairing !== undefined)
    rows = rows.where('client.oauth2_client_id', pairing === 'paired' ? 'is not' : 'is', null)
  if (`${text}${owner}`.includes('\0')) return { items: [], next: undefined }
  if (owner !== '') rows = rows.where('owner.name', '=', owner.trim().toLowerCase())
  if (text !== '') {
    rows = rows.where((given) =>
      given.or([
        given('client.client_id', '=', text),
        given('client.oauth2_client_id', '=', text),
        holds(given.ref('client.name'), text),
      ]),
    )
  }
  return pageOf(await rows.execute(), { limit: most }, detailsOf, ({ id }) => String(id))
}
