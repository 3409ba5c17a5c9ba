import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { pipeline } from 'node:stream'
import type { CsvError, Parser } from 'csv-parse'
import { importFields } from './record-fields.ts'
import { emptyFile, type Place, unreadable } from './record-place.ts'

const knownNames = new Set<string>([...importFields.client, ...importFields.token])

/** Our own text for each of the parser's faults, because its messages quote the file. */
const faults: Readonly<Record<string, string>> = {
  CSV_RECORD_INCONSISTENT_COLUMNS: 'it has more or fewer fields than the headings',
  CSV_QUOTE_NOT_CLOSED: 'a quotation mark is not closed',
  CSV_INVALID_CLOSING_QUOTE: 'there is text between a closing quotation mark and the end of its field',
  INVALID_OPENING_QUOTE:
    'a field that contains a quotation mark must be in quotation marks, with its own doubled',
}

/**
 * The lines of a CSV file below its headings, separated by comma, semicolon or tab.
 *
 * @throws InputError when the file cannot be read.
 */
export async function* csvPlaces(file: string): AsyncGenerator<Place> {
  const skipped: Place[] = []
  let wrongHeadings: string | undefined = emptyFile
  const options = {
    bom: true,
    columns(given: string[]) {
      // Spaces around a secret may belong to it; those around a heading do not.
      const headings = given.map((heading) => heading.trim())
      wrongHeadings = headingFault(headings)
      return headings
    },
    delimiter: delimiterOf(await firstLineOf(file)),
    info: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_skip: (error: CsvError | undefined) => {
      skipped.push({ at: `line ${Number(error?.['lines'] ?? 0)}`, fault: csvFault(error) })
      return undefined
    },
  }
  // Loaded only when used.
  const { parse } = await import('csv-parse')
  const parser: Parser = parse(options)
  // It also closes the file when reading stops early; its errors reach the parser.
  pipeline(createReadStream(file), parser, () => {})
  try {
    for await (const { record, info } of parser) {
      if (wrongHeadings !== undefined) break
      yield* skipped.splice(0)
      yield { at: `line ${info.lines}`, fields: record, namesAt: 'line 1' }
    }
  } catch (error) {
    throw unreadable(file, error)
  }
  if (wrongHeadings !== undefined) yield { at: 'line 1', fault: wrongHeadings }
  else yield* skipped
}

function headingFault(headings: readonly string[]): string | undefined {
  if (!headings.some((heading) => knownNames.has(heading)))
    return 'it must name the fields, as in key,secret or client,token,secret,user'
  return new Set(headings).size < headings.length ? 'it names a field twice' : undefined
}

function csvFault(error: CsvError | undefined): string {
  return faults[String(error?.code)] ?? 'it cannot be read'
}

/** The separator that occurs most often in the headings: spreadsheets do not always write commas. */
function delimiterOf(headings: string): string {
  const counted = [',', ';', '\t'].map((sign) => ({ sign, times: headings.split(sign).length }))
  return counted.sort((left, right) => right.times - left.times)[0]?.sign ?? ','
}

async function firstLineOf(file: string): Promise<string> {
  let handle: FileHandle | undefined
  try {
    handle = await open(file)
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(16_384) })
    return buffer.toString('utf8', 0, bytesRead).split(/\r?\n/, 1)[0] ?? ''
  } catch (error) {
    throw unreadable(file, error)
  } finally {
    await handle?.close()
  }
}
