import { readFileSync } from 'node:fs'
import process from 'node:process'
import { InputError } from '@countersign/provider'
import { type CommandOption, type Invocation, optional, UsageError } from './command.ts'
import { Prompt } from './prompt.ts'

/** A secret that a command needs. Every user of the machine can read another's arguments, so it is never one of them. */
export interface Secret {
  /** `password` or `secret`: the option that is refused, and the beginning of those that are taken. */
  readonly option: string
  /** The environment variable that may hold it. */
  readonly variable: string
  /** What it is called when it is asked for. */
  readonly title: string
}

/** The password of a user. */
export const password: Secret = { option: 'password', variable: 'COUNTERSIGN_PASSWORD', title: 'Password' }

export function secretOptions({ option, title }: Secret): readonly CommandOption[] {
  return [
    { flags: `--${option} TEXT`, summary: 'Refused', hidden: true },
    { flags: `--${option}-file FILE`, summary: `Read the ${title.toLowerCase()} from a file` },
    { flags: `--${option}-stdin`, summary: `Read the ${title.toLowerCase()} from standard input` },
  ]
}

/** As `readSecret`, with a prompt of its own. */
export async function promptedSecret(given: Invocation, secret: Secret): Promise<string> {
  let prompt: Prompt | undefined
  try {
    return await readSecret(given, secret, () => {
      prompt = new Prompt()
      return prompt
    })
  } finally {
    prompt?.close()
  }
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
      `--${option} is not accepted: every user of this machine could read it in the list of processes. Use --${option}-file, --${option}-stdin or the variable ${variable}, or leave it out and type it when asked.`,
    )
  }
  const file = optional(given, `${option}-file`)
  const fromStdin = given[`${option}-stdin`] === true
  if (file !== undefined && fromStdin) {
    throw new UsageError(`Use --${option}-file or --${option}-stdin, not both.`)
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
    `No ${title.toLowerCase()} was given: use --${option}-file, --${option}-stdin or the variable ${variable}, or type it when asked.`,
  )
}

function fromFile(file: string, option: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new InputError(
      option,
      `The file that --${option}-file names cannot be read: ${(error as Error).message}`,
    )
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
