import { StoreError } from '../../errors.ts'
import { keyring, type SealingOptions } from './keyring.ts'
import { checkRow, isCurrent, open, type SealedRow, seal } from './sealed-secret.ts'

/** A stored secret and the row it lies in, as `reseal` takes it. */
export type StoredSecret = SealedRow & { readonly stored: string }

/**
 * Goes over stored secrets and yields those that are not sealed with the first key, each with the value to put in its
 * place. Write it with `where secret = stored`, and the rest of the application may go on meanwhile. Run it again and
 * it yields nothing: then `requireSealed` can be set, and older keys can go.
 *
 * @throws ConfigurationError at once when the key of a value is not among `keys`; StoreError at the end, when all the
 *   others are done, when values did not open. `requireSealed` does not count here.
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
      // One bad row must not keep the others under the old key.
      failures++
      first ??= error
      continue
    }
    yield { ...row, resealed: seal(keys, secret, row) }
  }
  if (first)
    throw failures === 1 ? first : new StoreError(`${failures} secrets do not open. ${first.message}`)
}
