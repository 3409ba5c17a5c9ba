import { percentEncode } from '../protocol/encoding.ts'
import { OAuth1Error } from '../protocol/errors.ts'
import type { Client } from './models.ts'
import type { Policy } from './policy.ts'

/** The `oauth_callback` of a client that cannot receive a redirect (§2.1): the resource owner carries the verifier. */
export const outOfBand = 'oob'

const uri = /^([a-z][a-z0-9+.-]*):([\x21-\x7e]*)$/i
/** Schemes that a browser runs or reads locally instead of sending the resource owner somewhere. */
const dangerousSchemes = new Set([
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
const loopback = /^(http:\/\/(?:127\.0\.0\.1|\[::1\]|localhost))(?::\d+)?(?=[/?]|$)/i

/**
 * Refuses what no client may ask for, before anything is known of the client (§2.1): a relative URI, a scheme that a
 * browser would run, user information, a fragment, spaces, line ends or a backslash.
 *
 * @throws OAuth1Error `invalid_request`
 */
export function checkCallbackForm(callback: string): void {
  if (callback === outOfBand) return
  const [, scheme, rest] = uri.exec(callback) ?? []
  if (scheme === undefined || rest === undefined || /[\\<>"#]/.test(rest)) {
    throw refused('must be "oob" or an absolute URI without spaces, line ends, backslashes or a fragment')
  }
  if (dangerousSchemes.has(scheme.toLowerCase()))
    throw refused(`must not use the ${scheme.toLowerCase()} scheme`)
  const authority = /^\/\/([^/?]*)/.exec(rest)?.[1]
  if (/^https?$/i.test(scheme) && !/^(?:[^@]*@)?(?:\[|[^:[])/.test(authority ?? ''))
    throw refused('names no host')
  if (authority?.includes('@')) throw refused('must not hold user information before the host')
}

/**
 * Compares the callback with what the client registered: equal text, where a registered URI without a query allows any
 * query, and a registered loopback address allows any port. A scheme other than http(s) must itself be registered.
 *
 * @throws OAuth1Error `invalid_request`
 */
export function checkCallbackOf(
  client: Client,
  callback: string,
  { callbackRule, allowUnregisteredCallbacks }: Pick<Policy, 'callbackRule' | 'allowUnregisteredCallbacks'>,
): void {
  if (callback === outOfBand) return
  const registered = client.callbacks ?? []
  const isAllowed = callbackRule === 'prefix' ? isBelow : matches
  if (registered.some((allowed) => isAllowed(allowed, callback))) return
  if (registered.length === 0 && allowUnregisteredCallbacks && /^https?:/i.test(callback)) return
  throw refused(
    registered.length === 0
      ? 'is not registered: this client has no callbacks and can only use "oob"'
      : 'is not one of the callbacks that this client registered',
  )
}

function matches(allowed: string, callback: string): boolean {
  const [left, right] = loopback.test(allowed)
    ? [withoutPort(allowed), withoutPort(callback)]
    : [allowed, callback]
  if (left === right) return true
  return !left.includes('?') && right.startsWith(`${left}?`)
}

/** The `prefix` rule: the registered URI itself, or a path below it. Dot segments would lead out of it again. */
function isBelow(allowed: string, callback: string): boolean {
  if (matches(allowed, callback)) return true
  const [left, right] = loopback.test(allowed)
    ? [withoutPort(allowed), withoutPort(callback)]
    : [allowed, callback]
  const [path = ''] = right.split('?')
  if (left.includes('?') || /\/(?:\.|%2e){1,2}(?:\/|$)/i.test(path)) return false
  return path.startsWith(left.endsWith('/') ? left : `${left}/`)
}

function withoutPort(callback: string): string {
  return callback.replace(loopback, '$1')
}

function refused(why: string): OAuth1Error {
  return new OAuth1Error('invalid_request', `oauth_callback ${why}.`)
}

/** §2.2: adds parameters behind the callback's own query, which stays as it is. */
export function appendToCallback(callback: string, parameters: Readonly<Record<string, string>>): string {
  const added = Object.entries(parameters).map(([name, value]) => `${name}=${percentEncode(value)}`)
  const separator = !callback.includes('?') ? '?' : /[?&]$/.test(callback) ? '' : '&'
  return `${callback}${separator}${added.join('&')}`
}
