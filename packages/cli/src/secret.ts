import process from 'node:process'
import { type CommandOption, type Invocation, optional, UsageError } from './command.ts'
import { allOfStdin, textOfFile } from './input-text.ts'
import { type Prompt, withPrompt } from './prompt.ts'
import { InputError } from './provider.ts'

/** A secret that a command needs. Every user of the machine can read another's arguments, so it is never one of them. */
export interface Secret {
  /** `password` or `secret`: the option that is refused, and the beginning of those that are taken. */
  readonly option: string
  /** The environment variable that may hold it. */
  readonly variable: string
  /** Its name in the prompt. */
  readonly title: string
}

/** The password of a user. */
export const password: Secret = { option: 'password', variable: 'COUNTERSIGN_PASSWORD', title: 'Password' }

/** The secrets of a client, and of the token that it acts with. */
export const clientSecret: Secret = {
  option: 'secret',
  variable: 'COUNTERSIGN_CLIENT_SECRET',
  title: 'Client secret',
}
export const tokenSecret: Secret = {
  option: 'token-secret',
  variable: 'COUNTERSIGN_TOKEN_SECRET',
  title: 'Token secret',
}

/** For the help of the commands that sign: where the secrets come from without an option. */
export const secretNotes = `Without an option, the secrets come from ${clientSecret.variable} and
${tokenSecret.variable}, or you type them.`

export function secretOptions({ option, title }: Secret): readonly CommandOption[] {
  return [
    { flags: `--${option} TEXT`, summary: 'Refused', hidden: true },
    { flags: `--${option}-file FILE`, summary: `Read the ${title.toLowerCase()} from a file` },
    { flags: `--${option}-stdin`, summary: `Read the ${title.toLowerCase()} from standard input` },
  ]
}

/** Like `readSecret`, for a new secret, with its own prompt: the terminal does not show it, so it is typed twice. */
export function promptedSecret(given: Invocation, secret: Secret): Promise<string> {
  return withPrompt(async (prompt) => {
    const brought = await givenSecret(given, secret)
    if (brought !== undefined) return brought
    const text = await readSecret(given, secret, prompt)
    if (!process.stdin.isTTY) return text
    const again = await prompt().askSecret(`${secret.title} again: `)
    if (again === text) return text
    throw new InputError(secret.option, 'The two are different. Nothing was changed: start again.')
  })
}

/**
 * The secret from a file, from standard input, from the environment, or typed.
 *
 * @throws UsageError when it stands among the arguments, or in several places; InputError when there is none.
 */
export async function readSecret(given: Invocation, secret: Secret, prompt: () => Prompt): Promise<string> {
  const { option, variable, title } = secret
  const text = (await givenSecret(given, secret)) ?? (await prompt().askSecret(`${title}: `))
  if (text !== '') return text
  throw new InputError(
    option,
    `No ${title.toLowerCase()} was given: use --${option}-file, --${option}-stdin or the variable ${variable}, or type it when asked.`,
  )
}

/** Like `readSecret`, without asking: undefined if none is given. */
export async function givenSecret(given: Invocation, secret: Secret): Promise<string | undefined> {
  const { option, variable } = secret
  refuseArgument(
    given,
    option,
    `Use --${option}-file, --${option}-stdin or the variable ${variable}, or leave it out and type it when asked.`,
  )
  return (await broughtSecret(given, secret)) ?? (process.env[variable] || undefined)
}

/** A secret to store: only from a file or from standard input, because a variable may be set for other commands. */
export async function broughtSecret(given: Invocation, { option }: Secret): Promise<string | undefined> {
  refuseArgument(given, option, `Use --${option}-file or --${option}-stdin.`)
  const file = optional(given, `${option}-file`)
  const fromStdin = given[`${option}-stdin`] === true
  if (file !== undefined && fromStdin) {
    throw new UsageError(`Use --${option}-file or --${option}-stdin, not both.`)
  }
  if (file !== undefined) return lineOf(textOfFile(file, option, `The file that --${option}-file names`))
  return fromStdin ? lineOf(await allOfStdin()) : undefined
}

/** @throws UsageError for a secret among the arguments; the remedy is the end of its message. */
export function refuseArgument(given: Invocation, option: string, remedy: string): void {
  if (given[option] === undefined) return
  throw new UsageError(
    `--${option} is not accepted: every user of this machine could read it in the list of processes. ${remedy}`,
  )
}

/** @throws UsageError if standard input would be read more than once. */
export function checkStdin(given: Invocation, secrets: readonly Secret[], other?: string): void {
  const readers = secrets.map(({ option }) => `--${option}-stdin`).filter((flag) => given[flag.slice(2)])
  if (other !== undefined) readers.push(other)
  const [first, second] = readers
  if (second !== undefined) throw new UsageError(`Use ${first} or ${second}, not both.`)
}

/** Editors and `echo` end text with a line break, which is not part of the secret. */
function lineOf(text: string): string {
  return text.replace(/\r?\n$/, '')
}
