import { once } from 'node:events'
import process from 'node:process'
import type { Invocation } from './command.ts'

/** Prints a result: as JSON if requested, otherwise as lines of text. */
export function print(given: Invocation, result: unknown, lines: readonly string[]): void {
  process.stdout.write(
    given['json'] === true ? `${JSON.stringify(result)}\n` : lines.map((line) => `${line}\n`).join(''),
  )
}

/** Waits while the reader of standard output is slower than we are: unread output is not held in memory. */
export async function write(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain')
}

/** Lines of aligned columns. */
export function table(rows: readonly (readonly string[])[], atLeast: readonly number[] = []): string[] {
  const widths = widthsOf(rows, atLeast)
  return rows.map((row) =>
    row
      .map((cell, index) => cell + ' '.repeat(Math.max((widths[index] ?? 0) - columnsOf(cell), 0)))
      .join('  ')
      .trimEnd(),
  )
}

/** How wide each column is. */
export function widthsOf(rows: readonly (readonly string[])[], atLeast: readonly number[] = []): number[] {
  const widths = [...atLeast]
  for (const row of rows) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, columnsOf(cell))
  }
  return widths
}

/** The columns on a terminal: combining marks take none; wide East Asian characters and emoji take two. */
function columnsOf(text: string): number {
  let columns = 0
  for (const { segment } of new Intl.Segmenter().segment(text))
    columns += /^[\p{M}\p{Cf}]$/u.test(segment) ? 0 : wide.test(segment) ? 2 : 1
  return columns
}

const wide =
  /^[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\ufe0f/u

/** `2026-01-31 12:00`, in UTC; a dash for none. */
export function minute(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return '-'
  return new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ')
}
