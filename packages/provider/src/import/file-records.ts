import { basename } from 'node:path'
import { InputError } from '../input-error.ts'
import type { ImportFault, ImportRecord } from './import-record.ts'
import { clientRecord, importFields, isTokenName, tokenRecord } from './record-fields.ts'
import type { Place } from './record-place.ts'
import { placesOf } from './record-places.ts'

/** The kind of record in a file. */
export type ImportedKind = 'client' | 'token'

/**
 * Reads clients or tokens from a file: CSV with a line of headings, JSON (an array of objects, or an object with the
 * lists `clients` and `tokens`), or JSON Lines (`.jsonl`), by the file's extension.
 *
 * @throws InputError when the file cannot be read as a whole.
 */
export function fileRecords(file: string, kind: ImportedKind): AsyncGenerator<ImportRecord> {
  return recordsOf(file, { name: basename(file), kind })
}

/** Like `fileRecords`, for a file of both kinds: a record is a token if it has a field that only tokens have. */
export function mixedRecords(file: string): AsyncGenerator<ImportRecord> {
  return recordsOf(file, { name: file })
}

interface Reading {
  /** The file's name in fault messages. */
  readonly name: string
  /** Undefined for both. */
  readonly kind?: ImportedKind
}

async function* recordsOf(file: string, { name, kind }: Reading): AsyncGenerator<ImportRecord> {
  const checked = new Set<string>()
  for await (const place of placesOf(file)) {
    const own = kind ?? kindOf(place)
    if (place.list !== undefined && place.list !== `${own}s`) continue
    const odd = meaningless(place, own)
    for (const message of [...misspelt(place, own, checked), ...odd])
      yield { kind: 'fault', at: `${name}, ${place.namesAt ?? place.at}`, message }
    // An import may skip faults, and must then skip this record with them.
    if (kind !== undefined && odd.length > 0) continue
    yield recordOf(`${name}, ${place.at}`, place, own)
  }
}

function kindOf({ list, fields = {} }: Place): ImportedKind {
  if (list !== undefined) return list === 'tokens' ? 'token' : 'client'
  return Object.keys(fields).some(isTokenName) ? 'token' : 'client'
}

function recordOf(at: string, { fields, fault }: Place, kind: ImportedKind): ImportRecord {
  const told = (message: string): ImportFault => ({ kind: 'fault', at, message })
  if (fields === undefined) return told(fault ?? 'it cannot be read')
  const names = Object.keys(fields)
  if (names.some((field) => isDamaged(fields[field])))
    return told('it has characters that are not UTF-8: save the file as UTF-8')
  // With Authlib's field names, its client and its secret would be read as a client's.
  if (kind === 'client' && names.some(isTokenName))
    return told('it is a token, and a client is expected here')
  try {
    return (kind === 'client' ? clientRecord : tokenRecord)(at, fields)
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return told(error.message)
  }
}

/** Whether a text, or one in a list of them, has lost characters. */
function isDamaged(value: unknown): boolean {
  return [value].flat().some((text) => typeof text === 'string' && text.includes('\ufffd'))
}

/**
 * Other fields of a file are ignored, but a name that is almost one of ours was probably meant for us. Each is reported
 * once.
 */
function misspelt({ fields = {} }: Place, kind: ImportedKind, checked: Set<string>): string[] {
  const known: readonly string[] = importFields[kind]
  return Object.keys(fields).flatMap((field) => {
    if (known.includes(field) || checked.has(`${kind} ${field}`)) return []
    checked.add(`${kind} ${field}`)
    const meant = known.find((one) => isSlip(field, one))
    return meant === undefined ? [] : [`there is no field ${field.slice(0, 100)}: did you mean ${meant}?`]
  })
}

/** A record must not appear to be excluded when it is accepted. */
function meaningless({ fields = {} }: Place, kind: ImportedKind): string[] {
  const known: readonly string[] = importFields[kind]
  const odd = Object.keys(fields).filter((field) => !known.includes(field) && saysWhether.test(field))
  return odd.map(
    (field) =>
      `the field ${field.slice(0, 100)} has no meaning here: leave out the field, or the whole ${kind}`,
  )
}

/** Field names that in other systems say whether a client or a token is valid. */
const saysWhether = /expir|valid|revo[ck]|active|enabl|disabl|suspend|delet|status/i

/** Whether two names differ by the order of letters, by one missing or extra letter, or by a missing end. */
function isSlip(typed: string, meant: string): boolean {
  const [short = '', long = ''] = [typed, meant].sort((left, right) => left.length - right.length)
  const letters = (text: string) => [...text].sort().join('')
  if (typed.length > 2 && meant.startsWith(typed)) return true
  if (long.length > 40 || long.length - short.length > 1) return false
  if (long.length === short.length) return letters(short) === letters(long)
  return [...long].some((_, at) => long.slice(0, at) + long.slice(at + 1) === short)
}
