import type { RsaPublicKeys } from '../../crypto/rsa-bundle.ts'
import type { ClientPolicy } from '../../server/policy.ts'

/**
 * Whether a database can hold this text at all. PostgreSQL refuses NUL, which any stranger can send:
 * for the reading hooks such an identifier is unknown, not an error.
 */
export function isStorable(identifier: string): boolean {
  return !identifier.includes('\0')
}

/** Only fields with a value are written, because an existing table may lack the other columns. */
export function withoutNull(values: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && value !== null),
  )
}

/** A client's callbacks as one text column, separated by white space, which URIs do not contain. */
export function joinCallbacks(callbacks: readonly string[] = []): string {
  return callbacks.join(' ')
}

/**
 * The opposite; Authlib's single `default_redirect_uri` becomes a list of one. The core refuses anything other than
 * text.
 */
export function splitCallbacks(text: string | null | undefined): readonly string[] {
  return typeof text === 'string' ? text.split(/\s+/).filter(Boolean) : (text ?? [])
}

/** A client's RSA key, or several, as one text column: PEM as it is, a JWK or a set of them as JSON. */
export function rsaPublicKeyText(key: RsaPublicKeys | null | undefined): string | null {
  return key === null || key === undefined || typeof key === 'string' ? (key ?? null) : JSON.stringify(key)
}

/** The opposite. An unreadable value stays as it is: the core refuses its client, and no other. */
export function parseRsaPublicKey(text: string | null | undefined): RsaPublicKeys | undefined {
  if (!text) return undefined
  if (typeof text !== 'string' || !text.trimStart().startsWith('{')) return text
  return (jsonOf(text) as RsaPublicKeys | undefined) ?? text
}

/** A client's policy as one text column of JSON. */
export function policyText(policy: ClientPolicy | null | undefined): string | null {
  return policy === null || policy === undefined ? null : JSON.stringify(policy)
}

/**
 * The opposite, also for a JSON column that the driver has already parsed. Anything other than a JSON object stays
 * text: the core refuses its client, and no other. (Without a policy, the server's would apply to the client, which may
 * allow it more.)
 */
export function parsePolicy(value: unknown): ClientPolicy | undefined {
  if (value === null || value === undefined || value === '') return undefined
  const policy = typeof value === 'string' ? jsonOf(value) : value
  if (typeof policy === 'object' && policy !== null && !Array.isArray(policy)) return policy as ClientPolicy
  return (typeof value === 'string' ? value : JSON.stringify(value)) as ClientPolicy
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
