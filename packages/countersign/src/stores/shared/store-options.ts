import { ConfigurationError } from '../../errors.ts'
import {
  clock,
  type Kind,
  type Kinds,
  numberFrom,
  trueOrFalse,
  wholeNumber,
} from '../../server/option-kinds.ts'

/** The clock, in seconds since 1970. */
export const clockOptions: Kinds<{ readonly now?: () => number }> = { now: clock }

/** How long a store keeps expired rows, for processes whose clocks differ. */
export const grace: Kind = numberFrom(0, 31_536_000)

/** The options of every `sweepExpired`. */
export const sweepOptions: Kinds<{
  readonly limit?: number
  readonly now?: () => number
  readonly graceSeconds?: number
  readonly tokens?: boolean
}> = { limit: wholeNumber(1), now: clock, graceSeconds: grace, tokens: trueOrFalse }

/** The compiler's message for TypeScript users, given to JavaScript users at run time. */
export function requireOption<O>(owner: string, options: O, name: keyof O & string, example: string): void {
  if (options?.[name] === undefined)
    throw new ConfigurationError(`${owner} needs the option ${name}, such as { ${name}: ${example} }.`)
}

/** The name of a table. */
export const tableName: Kind = {
  must: 'the name of a table',
  holds: (value) => typeof value === 'string' && value !== '' && !value.includes('\0'),
}
