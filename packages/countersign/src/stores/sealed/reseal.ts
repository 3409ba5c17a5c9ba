import { StoreError } from '../../errors.ts'
import { keyring, type SealingOptions } from './keyring.ts'
import { checkRow, isCurrent, open, type SealedRow, seal } from './sealed-secret.ts'

/** A stored secret and its row, as `reseal` takes it. */
export type StoredSecret = SealedRow & { readonly stored: string }

/**
 * Goes through stored secrets and yields those that are not sealed with the first key, each with its replacement. Write
 * that with `where secret = stored`, and the application can keep running meanwhile. When another run yields nothing,
 * set `requireSealed` and remove older keys.
 *
 * @throws ConfigurationError at once if the key of a value is not among `keys`; StoreError at the end, after all other
 *   values, if some did not open. `requireSealed` does not matter here.
 * @example
 * ```ts
 * for await (const { clientId, stored, resealed } of reseal(rows, { keys })) await replace(clientId, stored, resealed)
 * ```
 */
export async function* reseal<R extends StoredSecret>(
  rows: Iterable<R> | AsyncIterable<R>,
  options: SealingOptions,
): AsyncGenerator<R & { readonly resealed: string }> {
  const keys = keyring({ ...options, requireSealed: false })
  let failures = 0
  let first: StoreError | undefined
  for await (const row of rows) {
    checkRow(row)
    if (isCurrent(keys, row.stored)) continue
    let secret: string
    try {
      secret = open(keys, row.stored, row)
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      // One bad row must not leave the others under the old key.
      failures++
      first ??= error
      continue
    }
    yield { ...row, resealed: seal(keys, secret, row) }
  }
  if (first)
    throw failures === 1 ? first : new StoreError(`${failures} secrets do not open. ${first.message}`)
}
