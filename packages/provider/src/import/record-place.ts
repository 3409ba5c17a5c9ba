import { InputError } from '../input-error.ts'

/** One record of a file, or a part of the file that cannot be read. */
export interface Place {
  /** `line 7` or `item 7`. */
  readonly at: string
  readonly fields?: Readonly<Record<string, unknown>>
  /** Where the field names are, if elsewhere. */
  readonly namesAt?: string
  /** The list that contains it, if a file has one for each kind. */
  readonly list?: 'clients' | 'tokens'
  /** Why it cannot be read. It never quotes the file. */
  readonly fault?: string
}

/** The fault of an empty file, which may be truncated or still being written. */
export const emptyFile = 'the file is empty; without records, CSV still has headings, and JSON an empty list'

/** The error for a file that the system does not let us read; other errors are returned unchanged. */
export function unreadable(file: string, error: unknown): unknown {
  if (error instanceof InputError || (error as NodeJS.ErrnoException).syscall === undefined) return error
  return new InputError('file', `The file ${file} cannot be read: ${(error as Error).message}`)
}
