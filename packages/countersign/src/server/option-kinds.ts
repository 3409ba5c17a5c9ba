import { ConfigurationError } from '../errors.ts'
import { nearestName } from './nearest-name.ts'

/** The permitted values of an option: JavaScript lets anything through, and no type can express a range. */
export interface Kind {
  /** Completes "… must be". */
  readonly must: string
  readonly holds: (value: unknown) => boolean
}

/** One kind for each name that an object of options may have. */
export type Kinds<O> = { readonly [K in keyof O]-?: Kind }

/**
 * Refuses options that would be silently ignored, or that could never work: every name must be known, and every value
 * of its kind. An undefined value counts as absent.
 *
 * @param owner - Whose options they are, for the message.
 * @throws ConfigurationError that names the option and says what to write.
 */
export function checkOptions<O>(owner: string, given: object | undefined, kinds: Kinds<O>): void {
  if (given === undefined) return
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new ConfigurationError(`${owner} takes its options as an object; it got ${shown(given)}.`)
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue
    if (!Object.hasOwn(kinds, name)) throw unknownName(owner, 'option', name, Object.keys(kinds))
    const { must, holds } = kinds[name as keyof O]
    if (!holds(value))
      throw new ConfigurationError(`${owner}: ${name} must be ${must}; it is ${shown(value)}.`)
  }
}

/** Leaves out undefined values, so that the defaults apply. */
export function withoutUndefined<T extends object>(options: T): { [K in keyof T]?: NonNullable<T[K]> } {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [K in keyof T]?: NonNullable<T[K]> }
}

/** The error about an unknown name: suggests the one most likely meant, or lists them all. */
export function unknownName(
  owner: string,
  what: 'option' | 'hook' | 'name',
  name: string,
  known: readonly string[],
  nearest: string | undefined = nearestName(name, known),
): ConfigurationError {
  const remedy = nearest ? `Did you mean ${nearest}?` : `There are ${known.join(', ')}.`
  return new ConfigurationError(`${owner} has no ${what} ${JSON.stringify(name.slice(0, 60))}. ${remedy}`)
}

/** A value as a message shows it: short, and without the contents of an object. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 100 ? `${value.slice(0, 100)}…` : value)
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`
  if (typeof value === 'function') return 'a function'
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}

export const trueOrFalse: Kind = {
  // A word is not a switch: 'false' would count as true.
  must: 'true or false',
  holds: (value) => typeof value === 'boolean',
}

export const aFunction: Kind = { must: 'a function', holds: (value) => typeof value === 'function' }

export const anObject: Kind = {
  must: 'an object',
  holds: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
}

/** For values that are checked where they are used. */
export const anything: Kind = { must: '', holds: () => true }

export const aText: Kind = {
  must: 'a text that is not empty',
  holds: (value) => typeof value === 'string' && value !== '',
}

/** It is sent in a header. */
export const realm: Kind = {
  must: 'of printable Latin-1 characters',
  holds: (value) => typeof value === 'string' && /^[\t\x20-\x7e\xa0-\xff]*$/.test(value),
}

/** It stands in responses with a fragment added. */
export const errorPage: Kind = {
  must: 'the http(s) address of a page, without user information or a fragment, or false',
  holds: (value) =>
    value === false ||
    (typeof value === 'string' &&
      /^https?:\/\/[^\s#"<>\\^`{|}]+$/i.test(value) &&
      !/[^\x21-\x7e]/.test(value) &&
      URL.canParse(value) &&
      hasNoUser(new URL(value))),
}

/** It would tell every client the password. */
function hasNoUser({ username, password }: URL): boolean {
  return username === '' && password === ''
}

export const scopes: Kind = {
  must: 'a text, the scopes separated by spaces',
  holds: (value) => typeof value === 'string',
}

export const aUserId: Kind = {
  must: 'a text that is not empty, or a number',
  holds: (value) => aText.holds(value) || Number.isFinite(value),
}

export function listOf(what: string, item: RegExp): Kind {
  return {
    must: `a list of ${what}`,
    holds: (value) =>
      Array.isArray(value) && value.every((text) => typeof text === 'string' && item.test(text)),
  }
}

export function wholeNumber(least: number, most: number = Number.MAX_SAFE_INTEGER): Kind {
  return {
    must:
      most === Number.MAX_SAFE_INTEGER
        ? `a whole number from ${least}`
        : `a whole number from ${least} to ${most}`,
    holds: (value) => Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most,
  }
}

export function numberFrom(least: number, most: number): Kind {
  return {
    must: `a number from ${least} to ${most}`,
    holds: (value) => typeof value === 'number' && value >= least && value <= most,
  }
}

export function oneOf(...values: readonly string[]): Kind {
  return { must: values.join(' or '), holds: (value) => values.includes(value as string) }
}

/** The year 5138 in seconds; in milliseconds, a day of 1973. */
const beyondSeconds = 100_000_000_000

/** A clock, read here once: milliseconds instead of seconds would refuse every request, or let every replay pass. */
export const clock: Kind = {
  must: 'a function that returns seconds, such as () => Date.now() / 1000',
  holds(value) {
    if (typeof value !== 'function') return false
    try {
      const time: unknown = value()
      return typeof time === 'number' && Math.abs(time) < beyondSeconds
    } catch {
      // Its source may not exist yet, while the application is still being assembled.
      return true
    }
  },
}

export const listOfTexts: Kind = {
  must: 'a list of texts',
  holds: (value) => Array.isArray(value) && value.every((text) => typeof text === 'string'),
}

/** An object with these functions. */
export function objectWith(...names: readonly string[]): Kind {
  return {
    must: `an object with the functions ${names.join(', ')}`,
    holds: (value) =>
      anObject.holds(value) &&
      names.every((name) => typeof (value as Readonly<Record<string, unknown>>)[name] === 'function'),
  }
}
