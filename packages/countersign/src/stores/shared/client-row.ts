import type { Client } from '../../server/models.ts'
import {
  joinCallbacks,
  parsePolicy,
  parseRsaPublicKey,
  policyText,
  rsaPublicKeyText,
  splitCallbacks,
} from './column-text.ts'

/** A client as the columns of its table. */
export interface ClientTexts {
  clientId: string
  clientSecret: string | null
  defaultRedirectUri: string
  rsaPublicKey?: string
  policy?: string
}

/** A client to write. Key and policy are included only if present, because an existing table may lack the column. */
export function textsOfClient(client: Client): ClientTexts {
  const rsaPublicKey = rsaPublicKeyText(client.rsaPublicKey)
  const policy = policyText(client.policy)
  return {
    clientId: client.clientId,
    clientSecret: client.clientSecret ?? null,
    defaultRedirectUri: joinCallbacks(client.callbacks),
    ...(rsaPublicKey === null ? {} : { rsaPublicKey }),
    ...(policy === null ? {} : { policy }),
  }
}

/** A row that was read, with those columns parsed; the application's own stay as they are. */
export function clientOfTexts<R extends { readonly [Name in keyof ClientTexts]?: unknown }>(
  row: R,
): Omit<R, 'rsaPublicKey' | 'policy'> &
  Pick<Client, 'rsaPublicKey' | 'policy'> & { readonly callbacks: readonly string[] } {
  const { rsaPublicKey, policy, ...own } = row
  const key = parseRsaPublicKey(rsaPublicKey as string | undefined)
  const parsed = parsePolicy(policy)
  return {
    ...own,
    ...(key === undefined ? {} : { rsaPublicKey: key }),
    ...(parsed === undefined ? {} : { policy: parsed }),
    callbacks: splitCallbacks(row.defaultRedirectUri as string | undefined),
  }
}
