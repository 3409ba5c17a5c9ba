import process from 'node:process'
import type { Invocation } from './command.ts'

/** Prints a result: as JSON where it was asked for, else as lines of text. */
export function print(given: Invocation, result: unknown, lines: readonly string[]): void {
  process.stdout.write(
    given['json'] === true ? `${JSON.stringify(result)}\n` : lines.map((line) => `${line}\n`).join(''),
  )
}

/** Lines of aligned columns. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = []
  for (const row of rows) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length)
  }
  return rows.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}
