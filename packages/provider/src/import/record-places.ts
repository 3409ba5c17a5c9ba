import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { extname } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { InputError } from '../input-error.ts'
import { csvPlaces } from './csv-places.ts'
import { jsonFault } from './json-fault.ts'
import { emptyFile, type Place, unreadable } from './record-place.ts'

/** The limit for a JSON document, which is read as a whole, unlike a file with an object on each line. */
const maxJson = 64 * 1024 * 1024
/** How many records to read before other work gets its turn. */
const pieceLength = 1_000

/** @throws InputError when the file cannot be read as a whole. */
export function placesOf(file: string): AsyncIterable<Place> {
  const ending = extname(file).toLowerCase()
  if (ending === '.csv' || ending === '.tsv') return csvPlaces(file)
  if (ending === '.jsonl' || ending === '.ndjson') return linePlaces(file)
  if (ending === '.json') return jsonPlaces(file)
  throw new InputError('file', `${file} must end in .csv, .json or .jsonl, which determines how it is read.`)
}

async function* linePlaces(file: string): AsyncGenerator<Place> {
  let number = 0
  let isEmpty = true
  for await (const line of linesOf(file)) {
    number++
    if (line.trim() === '') continue
    isEmpty = false
    yield { at: `line ${number}`, ...parsedLine(line) }
  }
  if (isEmpty) yield { at: 'line 1', fault: emptyFile }
}

async function* linesOf(file: string): AsyncGenerator<string> {
  let rest = ''
  let isFirst = true
  try {
    for await (const piece of createReadStream(file, 'utf8')) {
      const lines = (rest + (isFirst ? withoutMark(piece) : piece)).split(/\r?\n/)
      isFirst = false
      rest = lines.pop() ?? ''
      yield* lines
    }
  } catch (error) {
    throw unreadable(file, error)
  }
  yield rest
}

async function* jsonPlaces(file: string): AsyncGenerator<Place> {
  const all = await parsedFile(file)
  let count = 0
  for (const { name, list } of listsIn(all, file)) {
    for (const [index, fields] of list.entries()) {
      const at = `${name === undefined ? '' : `${name}, `}item ${index + 1}`
      yield { at, ...(name !== undefined && { list: name }), ...objectOf(fields) }
      if (++count % pieceLength === 0) await setImmediate()
    }
  }
}

interface NamedList {
  readonly name?: 'clients' | 'tokens'
  readonly list: readonly unknown[]
}

/** A list, or an object with a list for each kind. */
function listsIn(all: unknown, file: string): readonly NamedList[] {
  if (Array.isArray(all)) return [{ list: all }]
  const lists = Object.entries((all ?? {}) as object)
  const isRight = lists.every(([name, list]) => /^(?:clients|tokens)$/.test(name) && Array.isArray(list))
  if (lists.length === 0 || !isRight) {
    const example = '{ "clients": [], "tokens": [] }'
    throw new InputError('file', `${file} must hold an array of objects, or an object ${example}.`)
  }
  return lists.map(([name, list]) => ({ name: name as 'clients' | 'tokens', list }))
}

async function parsedFile(file: string): Promise<unknown> {
  let text: string
  try {
    if ((await stat(file)).size > maxJson)
      throw new InputError(
        'file',
        `${file} has more than 64 MB: write one object per line, and name it .jsonl.`,
      )
    text = withoutMark(await readFile(file, 'utf8'))
  } catch (error) {
    throw unreadable(file, error)
  }
  try {
    return JSON.parse(text)
  } catch {
    throw new InputError('file', `${file} is not JSON: look at ${jsonFault(text)}.`)
  }
}

function parsedLine(line: string): Omit<Place, 'at'> {
  try {
    return objectOf(JSON.parse(line))
  } catch {
    return { fault: `it is not JSON: look at ${jsonFault(line).replace('line 1, ', '')}` }
  }
}

function objectOf(value: unknown): Omit<Place, 'at'> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? { fields: value as Readonly<Record<string, unknown>> }
    : { fault: 'it is not an object' }
}

/** Some editors begin a file with a byte order mark. */
function withoutMark(text: string): string {
  return text.replace(/^\ufeff/, '')
}
