import process from 'node:process'
import type { Page, PageRequest } from '@countersign/provider'
import { type CommandOption, type Invocation, nameOf, optional, UsageError } from './command.ts'
import { table, widthsOf, write } from './output.ts'
import { program } from './program.ts'
import { shellWord } from './provider.ts'

/** The options of every list. */
export const pageOptions: readonly CommandOption[] = [
  { flags: '--limit NUMBER', summary: 'Rows at most; without it all' },
  { flags: '--after PLACE', summary: 'Go on after an earlier page, as its last line says' },
]

/** How to read and show a list. */
export interface Listing<T> {
  readonly headings: readonly string[]
  page(request: PageRequest): Promise<Page<T>>
  /** The cells of a row, one for each heading. */
  cells(item: T): readonly string[]
  /** Printed for an empty list. */
  readonly empty: string
}

/** How many rows to read and print at a time, so that a long list takes no more memory than a short one. */
const pieceLength = 500

/**
 * Prints a list, piece by piece: lines under headings, or one JSON array. Standard error names the command for the rows
 * after `--limit`, so that standard output contains only the list.
 */
export async function printList<T>(
  given: Invocation,
  command: { readonly name: string; readonly options: readonly CommandOption[] },
  { headings, cells, page, empty }: Listing<T>,
): Promise<void> {
  const asJson = given['json'] === true
  const limit = limitOf(given)
  let after = optional(given, 'after')
  let left = limit
  let widths: readonly number[] = widthsOf([headings])
  for (let count = 0; ; ) {
    const { items, next } = await page({ after, limit: Math.min(left, pieceLength) })
    if (asJson) {
      const rows = items.map((item) => JSON.stringify(item)).join(',\n')
      await write(`${count === 0 ? '[' : rows && ',\n'}${rows}`)
    } else if (items.length > 0) {
      const rows = items.map(cells)
      widths = widthsOf(rows, widths)
      const lines = table(count === 0 ? [headings, ...rows] : rows, widths)
      await write(`${lines.join('\n')}\n`)
    }
    count += items.length
    left -= items.length
    after = next
    if (next === undefined || left === 0) {
      if (asJson) await write(']\n')
      else if (count === 0) process.stderr.write(`${empty}\n`)
      break
    }
  }
  if (after === undefined) return
  const following = `${program} ${lineOf(given, command, after)}`
  process.stderr.write(
    asJson ? `${JSON.stringify({ next: { after, command: following } })}\n` : `Next: ${following}\n`,
  )
}

function limitOf(given: Invocation): number {
  const text = optional(given, 'limit')
  if (text === undefined) return Number.POSITIVE_INFINITY
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw new UsageError(`--limit must be a whole number from 1 on; it is ${text.slice(0, 100)}.`)
}

/** The same command line for the following rows. */
function lineOf(
  given: Invocation,
  { name, options }: { readonly name: string; readonly options: readonly CommandOption[] },
  after: string,
): string {
  const words = options.flatMap((option) => {
    const [flag, value] = [nameOf(option), given[nameOf(option)]]
    if (flag === 'after' || value === undefined) return []
    return typeof value === 'string' ? [`--${flag}`, shellWord(value)] : value === true ? [`--${flag}`] : []
  })
  return [name, ...words, `--after ${shellWord(after)}`].join(' ')
}
