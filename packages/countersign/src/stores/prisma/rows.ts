import type { Client } from '../../server/models.ts'
import {
  joinCallbacks,
  parsePolicy,
  parseRsaPublicKey,
  policyText,
  rsaPublicKeyText,
  splitCallbacks,
} from '../shared/column-text.ts'
import type { ClientFromRow, ClientRow } from './delegates.ts'

/**
 * A client as a row of the clients table, to be created together with the application's own columns.
 *
 * @example
 * ```ts
 * await prisma.oauthClient.create({ data: { ...clientRow(client), name: 'Printer' } })
 * ```
 */
export function clientRow(client: Client): {
  clientId: string
  clientSecret: string | null
  defaultRedirectUri: string
  rsaPublicKey?: string
  policy?: string
} {
  const key = rsaPublicKeyText(client.rsaPublicKey)
  const policy = policyText(client.policy)
  return {
    clientId: client.clientId,
    clientSecret: client.clientSecret ?? null,
    defaultRedirectUri: joinCallbacks(client.callbacks),
    // Named only where there is one: an adopted table may lack the column.
    ...(key === null ? {} : { rsaPublicKey: key }),
    ...(policy === null ? {} : { policy }),
  }
}

export function clientFromRow<R extends ClientRow>(row: R): ClientFromRow<R> {
  return {
    ...row,
    rsaPublicKey: parseRsaPublicKey(row.rsaPublicKey),
    policy: parsePolicy(row.policy),
    callbacks: splitCallbacks(row.defaultRedirectUri),
  }
}
