import { type FileHandle, open } from 'node:fs/promises'
import { Refusal } from '../refusal.ts'

/** The beginning of every line: the SHA-256 of the OAuth 1.0 token. */
const beginning = '{"token_sha256":"'
const pieceLength = 1 << 20

/** The contents of a file from earlier runs. */
export interface JournalContent {
  /** The tokens that have a line. */
  readonly ids: ReadonlySet<string>
  /** Where the last complete line ends, in bytes. */
  readonly end: number
  /** Only the last line break is missing, because a process died before writing it. */
  readonly lacksBreak: boolean
}

/**
 * Reads a file of JSON lines that this command wrote. An incomplete last line, left by a killed process, does not
 * count.
 *
 * @throws Refusal when the file holds anything else: it is not one of ours, and is left alone.
 */
export async function journalContent(file: string): Promise<JournalContent> {
  const handle = await open(file, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw unusable(file, error.message)
  })
  if (handle === undefined) return { ids: new Set(), end: 0, lacksBreak: false }
  try {
    return await contentOf(file, handle)
  } finally {
    await handle.close()
  }
}

async function contentOf(file: string, handle: FileHandle): Promise<JournalContent> {
  const ids = new Set<string>()
  let rest: Buffer = Buffer.alloc(0)
  let [end, number] = [0, 0]
  for (;;) {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(pieceLength), 0, pieceLength)
    if (bytesRead === 0) break
    rest = Buffer.concat([rest, buffer.subarray(0, bytesRead)])
    for (let at = rest.indexOf(10); at >= 0; at = rest.indexOf(10)) {
      const id = idOf(rest.toString('utf8', 0, at))
      number++
      if (id === undefined) throw unusable(file, `line ${number} is not one that this command writes`)
      ids.add(id)
      rest = rest.subarray(at + 1)
      end += at + 1
    }
  }
  // A file system may lengthen a file before the content has reached the disk.
  const last = rest.toString('utf8').replace(/\0+$/, '')
  const id = idOf(last)
  if (id !== undefined) return { ids: ids.add(id), end: end + Buffer.byteLength(last), lacksBreak: true }
  if (!last.startsWith(beginning) && !beginning.startsWith(last))
    throw unusable(file, 'its last line is not one that this command writes')
  return { ids, end, lacksBreak: false }
}

function idOf(line: string): string | undefined {
  if (!line.startsWith(beginning)) return undefined
  try {
    const { token_sha256: id } = JSON.parse(line)
    return typeof id === 'string' ? id : undefined
  } catch {
    return undefined
  }
}

/** A file of JSON lines that survives a kill: a line counts once it is on disk. */
export class Journal {
  readonly #file: string
  readonly #handle: FileHandle
  #lines: string[] = []
  #last: Promise<void> = Promise.resolve()
  #next: Promise<void> | undefined

  private constructor(file: string, handle: FileHandle) {
    this.#file = file
    this.#handle = handle
  }

  /** Opens a file to add to it, and first cuts off an incomplete line. A new file can be read by its owner only. */
  static async open(file: string, { end, lacksBreak }: JournalContent): Promise<Journal> {
    try {
      const handle = await open(file, 'a', 0o600)
      await handle.truncate(end)
      const journal = new Journal(file, handle)
      if (lacksBreak) await handle.appendFile('\n')
      await handle.sync()
      return journal
    } catch (error) {
      throw unusable(file, (error as Error).message)
    }
  }

  /**
   * Adds a line. It is on the disk when this returns; lines added meanwhile are written together.
   *
   * @throws Refusal when it cannot be written. Nothing is written after that, because it would follow an incomplete
   *   line.
   */
  append(id: string, entry: Readonly<Record<string, unknown>>): Promise<void> {
    const { token_sha256: _, ...fields } = entry
    // Assembled by hand: a server's fields must neither come first, as numeric ones would, nor replace the hash.
    this.#lines.push(`${beginning}${id}"${JSON.stringify(fields).replace(/^\{(?!\})/, ',')}\n`)
    if (this.#next === undefined) {
      this.#next = this.#last.then(() => this.#flush())
      this.#last = this.#next
    }
    return this.#next
  }

  async #flush(): Promise<void> {
    const text = this.#lines.join('')
    this.#lines = []
    this.#next = undefined
    try {
      await this.#handle.appendFile(text)
      await this.#handle.datasync()
    } catch (error) {
      throw unusable(this.#file, (error as Error).message)
    }
  }

  async close(): Promise<void> {
    await this.#handle.close()
  }
}

function unusable(file: string, why: string): Refusal {
  return new Refusal('unusable_file', `${file} cannot be used: ${why}.`)
}
