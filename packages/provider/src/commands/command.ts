import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import process from 'node:process'
import type { ParseArgsConfig } from 'node:util'
import { openDatabase } from '../database/database.ts'
import type { Database } from '../database/schema.ts'
import { InputError } from '../input-error.ts'
import { program } from '../program.ts'
import { databaseFromEnv } from '../settings/settings.ts'

/** The values of a command's options; what was not given is undefined. */
export type Invocation = Readonly<Record<string, string | boolean | string[] | undefined>>

/** One command of the command line. */
export interface Command {
  /** One line, without a full stop. */
  readonly summary: string
  /** What follows the command's name. */
  readonly usage: string
  readonly options: NonNullable<ParseArgsConfig['options']>
  run(given: Invocation): Promise<void>
}

/** The command line itself is wrong: an option is missing or unknown. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** The options that all commands over the database share. */
export const databaseOptions = {
  database: { type: 'string' },
  json: { type: 'boolean' },
} as const satisfies Command['options']

/** A text option that must be there. @throws UsageError */
export function required(given: Invocation, option: string): string {
  const value = given[option]
  if (typeof value === 'string' && value !== '') return value
  throw new UsageError(`--${option} is missing.`)
}

export function optional(given: Invocation, option: string): string | undefined {
  const value = given[option]
  return typeof value === 'string' ? value : undefined
}

/**
 * Opens the database for one command and closes it again.
 *
 * @param create - Whether a database that is not there is made; a command that only reads or removes must not.
 * @throws InputError when there is none.
 */
export async function withDatabase(
  given: Invocation,
  create: boolean,
  work: (db: Database) => Promise<void>,
): Promise<void> {
  const named = optional(given, 'database')
  const file = named === undefined ? databaseFromEnv(process.env) : resolve(named)
  if (!create && !existsSync(file)) {
    throw new InputError(
      'database',
      `There is no database at ${file}. Name another with --database, or make this one with ${program} start.`,
    )
  }
  const db = await openDatabase(file)
  try {
    await work(db)
  } finally {
    await db.destroy()
  }
}

/** Prints a result: as JSON where it was asked for, else as lines of text. */
export function print(given: Invocation, result: unknown, lines: readonly string[]): void {
  process.stdout.write(
    given['json'] === true ? `${JSON.stringify(result)}\n` : lines.map((line) => `${line}\n`).join(''),
  )
}

/** Lines of columns that stand under each other. */
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
