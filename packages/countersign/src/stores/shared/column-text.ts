import type { RsaPublicKey } from '../../protocol/crypto.ts'

/**
 * Whether a database can hold this text at all. PostgreSQL refuses NUL, which any stranger can send:
 * for the reading hooks such an identifier is unknown, not an error.
 */
export function isStorable(identifier: string): boolean {
  return !identifier.includes('\0')
}

/** A client's callbacks as one text column: URIs hold no white space, so it separates them. */
export function joinCallbacks(callbacks: readonly string[] = []): string {
  return callbacks.join(' ')
}

/** The opposite; Authlib's single `default_redirect_uri` is a list of one. */
export function splitCallbacks(text: string | null | undefined): readonly string[] {
  return (text ?? '').split(/\s+/).filter(Boolean)
}

/** A client's RSA key as one text column: PEM as it is, a JWK as JSON. */
export function rsaPublicKeyText(key: RsaPublicKey | null | undefined): string | null {
  return key === null || key === undefined || typeof key === 'string' ? (key ?? null) : JSON.stringify(key)
}

/** The opposite. */
export function parseRsaPublicKey(text: string | null | undefined): RsaPublicKey | undefined {
  if (!text) return undefined
  return text.trimStart().startsWith('{') ? (JSON.parse(text) as RsaPublicKey) : text
}

/** The clock of the stores, in seconds since 1970, where no other is given. */
export function systemClock(): number {
  return Date.now() / 1000
}

/**
 * Waits for a statement that carries secrets. Drivers and query builders hang the statement and its values on their
 * errors, where a log would print them: only message and code are passed on.
 */
export async function discreet<T>(statement: PromiseLike<T>): Promise<T> {
  try {
    return await statement
  } catch (error) {
    // Drizzle's own message lists the values; what the driver said is its cause.
    const { message, code } = ((error as { params?: unknown }).params ? (error as Error).cause : error) as {
      message?: string
      code?: unknown
    }
    // Prisma's message begins with the call and its values, and says in the last paragraph what is wrong with them.
    const text = message?.trimEnd().split('\n\n').at(-1)
    throw Object.assign(new Error(text || 'The database refused a statement.'), { code })
  }
}

/**
 * The keys of expired rows as lists that may each be deleted in one statement beside the hooks, on any database.
 *
 * On MySQL and MariaDB all statements must lock the indexes of a table in one order, or they deadlock. The hooks find a
 * temporary credential by its unique key and lock the row after it. A delete by the range of `expires_at` locks that
 * index first; one by a list of keys reads a small table from end to end, and locks rows first (both seen on MariaDB).
 * So temporary credentials go one by one. The key of a nonce is the row's own: nonces go together.
 */
export function batchesOf<K>(keys: readonly K[], isPrimaryKey: boolean): K[][] {
  if (keys.length === 0) return []
  // In one order, so that two processes do not lock the same rows crosswise.
  return isPrimaryKey ? [[...keys].sort()] : keys.map((key) => [key])
}
