import { OAuth1Error } from '../errors.ts'
import { percentEncode } from '../protocol/encoding.ts'
import type { Client } from './models.ts'
import { checkOptions, type Kind, type Kinds, listOf, wholeNumber } from './option-kinds.ts'
import type { Policy } from './policy.ts'

/** The `oauth_callback` of a client that cannot receive a redirect (§2.1): the resource owner carries the verifier. */
export const outOfBand = 'oob'

const uri = /^([a-z][a-z0-9+.-]*):([\x21-\x7e]*)$/i
/**
 * Schemes that a browser runs or reads locally instead of sending the resource owner anywhere: no option allows them.
 */
export const neverCallbackSchemes: ReadonlySet<string> = new Set([
  'javascript',
  'data',
  'vbscript',
  'file',
  'blob',
  'about',
  'filesystem',
  'view-source',
  'feed',
  'jar',
])
/** RFC 8252 §7.1: a domain name in reverse, which an application's maker owns. */
const privateUseScheme = /^[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+$/
const loopback = /^(http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost))(?::\d+)?(?=\/)/

/** Which callbacks are acceptable, except for those that never are. */
export interface CallbackRules {
  /** The accepted schemes, in addition to private-use ones with a dot (RFC 8252 §7.1). Default `https` and `http`. */
  readonly schemes?: readonly string[]
  /** The maximum length in characters. Default 2000. */
  readonly maxLength?: number
}

export const callbackSchemes: Kind = listOf(
  'schemes without their colon, such as https',
  /^[a-z][a-z0-9+.-]*$/i,
)
const ruleKinds: Kinds<CallbackRules> = { schemes: callbackSchemes, maxLength: wholeNumber(1) }

/**
 * Refuses a callback that no client may ask for, before anything is known about the client (§2.1): a relative URI, a
 * scheme that is not allowed, user information, a fragment, spaces, line ends or a backslash. Call it where you
 * register callbacks.
 *
 * @throws OAuth1Error `invalid_request`; ConfigurationError when a rule is unknown or not of its kind.
 */
export function checkCallbackForm(callback: string, rules: CallbackRules = {}): void {
  checkOptions('checkCallbackForm', rules, ruleKinds)
  requireCallbackForm(callback, rules)
}

/** Like `checkCallbackForm`, for rules that have already been checked. */
export function requireCallbackForm(
  callback: string,
  { schemes = ['https', 'http'], maxLength = 2_000 }: CallbackRules,
): void {
  if (callback === outOfBand) return
  if (callback.length > maxLength) throw refused(`must have at most ${maxLength} characters`)
  const [, scheme, rest] = uri.exec(callback) ?? []
  if (scheme === undefined || rest === undefined || /[\\<>"#]/.test(rest)) {
    throw refused(
      `must be "oob" or an absolute URI without spaces, line ends, backslashes or a fragment${begin(callback)}`,
    )
  }
  if (!isSchemeAllowed(scheme.toLowerCase(), schemes))
    throw refused(
      `must not use the ${scheme.toLowerCase().slice(0, 100)} scheme; use ${schemes.join(' or ')}, or one of your own with a dot, such as com.example.app`,
    )
  const authority = /^\/\/([^/?]*)/.exec(rest)?.[1]
  if (authority?.includes('@')) throw refused('must not hold user information before the host')
  if (/^https?$/i.test(scheme) && (!authority || !URL.canParse(callback))) throw refused('names no host')
}

function isSchemeAllowed(scheme: string, schemes: readonly string[]): boolean {
  if (neverCallbackSchemes.has(scheme)) return false
  return privateUseScheme.test(scheme) || schemes.some((allowed) => allowed.toLowerCase() === scheme)
}

/** The usual mistake: a host without its scheme. */
function begin(callback: string): string {
  return /^(?:[\w-]+\.)+[\w-]+(?::\d+)?(?:[/?]|$)/.test(callback) ? '; begin it with https://' : ''
}

/**
 * Compares the callback with the client's registered ones: it must be the same URI, except that a registered one
 * without a query allows any query, and a registered loopback address any port. A scheme other than http(s) must itself
 * be registered.
 *
 * @throws OAuth1Error `invalid_request`
 */
export function checkCallbackOf(
  client: Client,
  callback: string,
  { callbackRule, allowUnregisteredCallbacks }: Pick<Policy, 'callbackRule' | 'allowUnregisteredCallbacks'>,
): void {
  if (callback === outOfBand) return
  const registered = registeredCallbacks(client)
  const asked = comparable(callback)
  const isAllowed = callbackRule === 'prefix' ? isBelow : matches
  if (registered.some((allowed) => isAllowed(comparable(allowed), asked))) return
  if (registered.length === 0 && allowUnregisteredCallbacks && /^https?:/i.test(callback)) return
  throw refused(
    registered.length === 0
      ? 'is not registered: this client has no callbacks and can only use "oob"'
      : 'is not one of the callbacks that this client registered',
  )
}

/** The client's registered callbacks, as far as they can be used. */
function registeredCallbacks({ callbacks }: Client): readonly string[] {
  return Array.isArray(callbacks) ? callbacks.filter((callback) => typeof callback === 'string') : []
}

/**
 * One spelling for URIs that are equal by their scheme's rules (RFC 3986 §6.2.2.1, §6.2.3): scheme and host in lower
 * case, no default port, a slash for an empty path. Nothing else is equal: servers distinguish other spellings of a
 * path.
 */
function normalizeCallback(callback: string): string {
  const [, given, host, port, rest] =
    /^([^:]*):\/\/(\[[^\]]*\]|[^:/?]*)(?::(\d*))?([/?].*)?$/s.exec(callback) ?? []
  if (given === undefined || host === undefined) return callback.replace(/^[^:]*/, (s) => s.toLowerCase())
  const scheme = given.toLowerCase()
  const isWeb = scheme === 'https' || scheme === 'http'
  const isDefault = isWeb && (port === '' || port === (scheme === 'https' ? '443' : '80'))
  const path = isWeb && !rest?.startsWith('/') ? `/${rest ?? ''}` : (rest ?? '')
  return `${scheme}://${host.toLowerCase()}${port === undefined || isDefault ? '' : `:${port}`}${path}`
}

/** A loopback address without its port, which an application picks each time (RFC 8252 §7.3). */
function comparable(callback: string): string {
  return normalizeCallback(callback).replace(loopback, '$1')
}

function matches(allowed: string, callback: string): boolean {
  return allowed === callback || (!allowed.includes('?') && callback.startsWith(`${allowed}?`))
}

/**
 * The `prefix` rule: the registered URI itself, or a path below it. Dot segments, and `..;`, `%2f` and `%5c` as some
 * servers read them, would lead out of it.
 */
function isBelow(allowed: string, callback: string): boolean {
  if (matches(allowed, callback)) return true
  const [path = ''] = callback.split('?')
  if (allowed.includes('?') || /\\|%2f|%5c|\/(?:\.|%2e){1,2}(?:[/;]|$)/i.test(path)) return false
  return path.startsWith(allowed.endsWith('/') ? allowed : `${allowed}/`)
}

function refused(why: string): OAuth1Error {
  return new OAuth1Error('invalid_request', `oauth_callback ${why}.`, {
    problem: { rejected: { oauth_callback: '' } },
  })
}

/** §2.2: adds parameters after the callback's own query, which stays as it is. */
export function appendToCallback(callback: string, parameters: Readonly<Record<string, string>>): string {
  const added = Object.entries(parameters).map(([name, value]) => `${name}=${percentEncode(value)}`)
  const separator = !callback.includes('?') ? '?' : /[?&]$/.test(callback) ? '' : '&'
  return `${callback}${separator}${added.join('&')}`
}
