import { type CommandArgument, type CommandOption, type Invocation, optional } from './command.ts'
import { InputError } from './provider.ts'

/** The subject of the commands over one token. After `--`, or as `--token=…`, it may begin with a dash. */
export const tokenArgument: CommandArgument = { name: 'TOKEN', summary: 'The token', isOption: true }

export const scopeOption: CommandOption = {
  flags: '--scope SCOPE',
  summary: 'A scope that it has',
  repeatable: true,
}
export const lifetimeOption: CommandOption = {
  flags: '--lifetime SECONDS',
  summary: 'How long it is valid from now on, 0 forever',
}

/** @throws InputError when it is not a number of seconds. */
export function lifetimeOf(given: Invocation): number | undefined {
  const text = optional(given, 'lifetime')
  if (text === undefined) return undefined
  if (/^\d{1,10}$/.test(text)) return Number(text)
  throw new InputError('lifetime', `--lifetime must be a whole number of seconds; it is ${text}.`)
}
