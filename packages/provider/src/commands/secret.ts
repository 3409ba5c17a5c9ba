import { readFileSync } from 'node:fs'
import process from 'node:process'
import { InputError } from '../input-error.ts'
import { type Command, type Invocation, optional, UsageError } from './command.ts'
import type { Prompt } from './prompt.ts'

/** A secret that a command needs. Every user of the machine can read another's arguments, so it is never one of them. */
export interface Secret {
  /** `password` or `secret`: the option that is refused, and the beginning of those that are taken. */
  readonly option: string
  /** The environment variable that may hold it. */
  readonly variable: string
  /** What it is called when it is asked for. */
  readonly title: string
}

export function secretOptions({ option }: Secret): Command['options'] {
  return {
    [option]: { type: 'string' },
    [`${option}-file`]: { type: 'string' },
    [`${option}-stdin`]: { type: 'boolean' },
  }
}

export function secretUsage({ option }: Secret): string {
  return `[--${option}-file FILE | --${option}-stdin]`
}

/**
 * The secret from a file, from standard input, from the environment, or typed.
 *
 * @throws UsageError when it stands among the arguments, or in several places; InputError when there is none.
 */
export async function readSecret(given: Invocation, secret: Secret, prompt: () => Prompt): Promise<string> {
  const { option, variable, title } = secret
  if (given[option] !== undefined) {
    throw new UsageError(
      `--${option} is not taken: every user of this machine could read it in the list of processes. Use --${option}-file, --${option}-stdin or the variable ${variable}, or leave it out and type it.`,
    )
  }
  const file = optional(given, `${option}-file`)
  const fromStdin = given[`${option}-stdin`] === true
  if (file !== undefined && fromStdin) {
    throw new UsageError(`Give --${option}-file or --${option}-stdin, not both.`)
  }
  const text =
    file !== undefined
      ? lineOf(fromFile(file, option))
      : fromStdin
        ? lineOf(await allOfStdin())
        : process.env[variable] || (await prompt().askSecret(`${title}: `))
  if (text !== '') return text
  throw new InputError(
    option,
    `There is no ${title.toLowerCase()}: give it with --${option}-file, --${option}-stdin or the variable ${variable}, or type it when asked.`,
  )
}

function fromFile(file: string, option: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new InputError(option, `The file of --${option}-file cannot be read: ${(error as Error).message}`)
  }
}

async function allOfStdin(): Promise<string> {
  let text = ''
  for await (const chunk of process.stdin.setEncoding('utf8')) text += chunk
  return text
}

/** Editors and `echo` end a text with a line break, which is no part of the secret. */
function lineOf(text: string): string {
  return text.replace(/\r?\n$/, '')
}
