import type { Database } from '../database/schema.ts'
import { ImportPass } from './import-pass.ts'
import type { ImportOptions, ImportRecord, ImportReport } from './import-record.ts'

/** Records that are checked, and written, together. */
const pieceLength = 200

/**
 * Imports clients and tokens from another provider, with their secrets unchanged. First every record is checked, and
 * every fault reported; then they are written in batches, each in its own transaction. Existing rows are left alone, so
 * running an interrupted import again finishes it, and another run changes nothing.
 *
 * @param source - Reads the records from the start; it is called twice. Clients come before their tokens.
 * @example
 * ```ts
 * const report = await importRecords(services.db, () => recordsOf(file), { dryRun: true, onFault: console.error })
 * ```
 */
export async function importRecords(
  db: Database,
  source: () => AsyncIterable<ImportRecord>,
  options: ImportOptions = {},
): Promise<ImportReport> {
  const check = new ImportPass(db, options, false)
  for await (const piece of piecesOf(source())) await check.take(piece)
  const mayWrite = check.faults === 0 || options.skipFaulty === true
  if (options.dryRun === true || !mayWrite) return check.report()
  const { onFault: _, ...silent } = options
  const write = new ImportPass(db, silent, true)
  for await (const piece of piecesOf(source())) await write.take(piece)
  return write.report()
}

async function* piecesOf(records: AsyncIterable<ImportRecord>): AsyncGenerator<readonly ImportRecord[]> {
  let piece: ImportRecord[] = []
  for await (const record of records) {
    // A token may belong to a client in an earlier batch, never in its own.
    if (piece.length >= pieceLength || (piece.length > 0 && piece[0]?.kind !== record.kind)) {
      yield piece
      piece = []
    }
    piece.push(record)
  }
  if (piece.length > 0) yield piece
}
