import type { Client } from '../../server/models.ts'
import { type ClientTexts, textsOfClient } from '../shared/client-row.ts'

/**
 * A client as a row of the clients table, to create together with the application's own columns.
 *
 * @example
 * ```ts
 * await prisma.oauthClient.create({ data: { ...clientRow(client), name: 'Printer' } })
 * ```
 */
export function clientRow(client: Client): ClientTexts {
  return textsOfClient(client)
}
