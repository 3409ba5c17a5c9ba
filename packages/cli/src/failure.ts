import process from 'node:process'
import { ConfigurationError } from 'countersign'
import { UsageError } from './command.ts'
import { program } from './program.ts'
import { InputError } from './provider.ts'
import { Refusal } from './refusal.ts'

/** Why a command line failed, as reported on standard error. */
export interface Failure {
  /** Stable, for programs that read `--json`. */
  readonly code: string
  readonly message: string
  /** The option or field at fault. */
  readonly field?: string | undefined
  /** What to type next, without the program's name. */
  readonly next?: string | undefined
  /** 1 refused or failed, 2 not understood. */
  readonly status: 1 | 2
}

/** The known facts about an error; undefined for one that no command expects. */
export function failureOf(error: unknown): Failure | undefined {
  if (error instanceof UsageError) return { code: 'usage', message: error.message, status: 2 }
  if (error instanceof Refusal)
    return { code: error.code, message: error.message, next: error.next, status: 1 }
  if (error instanceof InputError)
    return { code: 'refused', message: error.message, field: error.field, status: 1 }
  if (error instanceof ConfigurationError) return { code: 'configuration', message: error.message, status: 1 }
  return undefined
}

/** Reports it on standard error: as JSON if that was requested, otherwise as text. Returns the exit code. */
export function report({ code, message, field, next, status }: Failure, asJson: boolean, help = ''): number {
  const command = next === undefined ? undefined : `${program} ${next}`
  const text = asJson
    ? JSON.stringify({ error: { code, message, ...(field && { field }), ...(command && { next: command }) } })
    : `${message}${help && `\n${help}`}${command === undefined ? '' : `\nNext: ${command}`}`
  process.stderr.write(`${text}\n`)
  return status
}
