import { ConfigurationError } from '../../errors.ts'
import type { TokenCredential } from '../../server/models.ts'

/**
 * The fields of a token credential that are written only if a policy needs them: an existing table may lack their
 * columns.
 */
const lifeFields = ['expiresAt', 'lastUsedAt'] as const
type LifeField = (typeof lifeFields)[number]

/** A row of token credentials as a driver may read it: PostgreSQL's returns 64-bit integers as text, Prisma as bigints. */
export type StoredLife = { readonly [Name in LifeField]?: number | bigint | string | null | undefined }

/** The same row with its times as numbers. */
export type WithLife<R extends StoredLife> = Omit<R, LifeField> & Pick<TokenCredential, LifeField>

/** The times of a token as numbers. The core refuses anything other than a whole number. */
export function withLife<R extends StoredLife>(row: R): WithLife<R> {
  const read = lifeFields.filter((name) => typeof row[name] === 'bigint' || isDigits(row[name]))
  const times = read.map((name) => [name, Number(row[name])])
  return (read.length === 0 ? row : { ...row, ...Object.fromEntries(times) }) as WithLife<R>
}

function isDigits(value: unknown): boolean {
  return typeof value === 'string' && /^\d{1,16}$/.test(value)
}

/**
 * For query builders that drop a value whose column was not declared: the token would silently be valid forever.
 *
 * @param helper - What adds the columns.
 * @throws ConfigurationError when a time is set for which the table has no column.
 */
export function requireLifeColumns(
  times: Partial<Pick<TokenCredential, LifeField>>,
  hasColumn: (name: LifeField) => boolean,
  helper: string,
): void {
  const missing = lifeFields.find((name) => (times[name] ?? null) !== null && !hasColumn(name))
  if (missing === undefined) return
  throw new ConfigurationError(
    `The table of token credentials has no column ${missing}, which a limited life of tokens needs: add ${helper}.`,
  )
}
