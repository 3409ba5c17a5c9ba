import { ConfigurationError } from '../../errors.ts'
import {
  clock,
  type Kind,
  type Kinds,
  numberFrom,
  trueOrFalse,
  wholeNumber,
} from '../../server/option-kinds.ts'

/** By which clock, in seconds since 1970. */
export const clockOptions: Kinds<{ readonly now?: () => number }> = { now: clock }

/** A time that a store keeps things beyond their end, for processes whose clocks differ. */
export const grace: Kind = numberFrom(0, 31_536_000)

/** What every `sweepExpired` takes. */
export const sweepOptions: Kinds<{
  readonly limit?: number
  readonly now?: () => number
  readonly graceSeconds?: number
  readonly tokens?: boolean
}> = { limit: wholeNumber(1), now: clock, graceSeconds: grace, tokens: trueOrFalse }

/** What the compiler says to users of TypeScript, for those of JavaScript. */
export function requireOption<O>(owner: string, options: O, name: keyof O & string, example: string): void {
  if (options?.[name] === undefined)
    throw new ConfigurationError(`${owner} needs the option ${name}, such as { ${name}: ${example} }.`)
}

/** The name of a table. */
export const tableName: Kind = {
  must: 'the name of a table',
  holds: (value) => typeof value === 'string' && value !== '' && !value.includes('\0'),
}
