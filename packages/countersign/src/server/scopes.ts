import { OAuth1Error } from '../errors.ts'
import type { OAuth1Request } from '../protocol/request.ts'
import type { Policy } from './policy.ts'

/** The scopes of a space-separated text, each once. */
export function scopesOf(text: string | null | undefined): readonly string[] {
  return typeof text === 'string' ? [...new Set(text.split(' '))].filter((scope) => scope !== '') : []
}

/**
 * The scope that a client requests with its temporary credentials: the signed parameter `scope` or, under `realmScope`,
 * the realm of the header.
 *
 * @returns Space-separated; undefined if the client asks for none.
 * @throws OAuth1Error `invalid_request` for text that is not a list of scopes, or a scope that is not open to this
 *   client.
 */
export function askedScope(
  request: OAuth1Request,
  { scopes, realmScope }: Pick<Policy, 'scopes' | 'realmScope'>,
): string | undefined {
  const [given, ...others] = request.parameters.filter(([name]) => name === 'scope')
  if (others.length > 0) throw refused('was sent more than once', '')
  const text = given?.[1] ?? (realmScope ? request.realm : undefined)
  const asked = scopesOf(text)
  if (text === undefined || asked.length === 0) return undefined
  // RFC 6749 §3.3 has the same alphabet: a scope stands in headers and pages.
  if (text.length > maxScopeLength || !/^[\x20\x21\x23-\x5b\x5d-\x7e]*$/.test(text)) {
    throw refused(
      `must be a list of printable ASCII names, separated by spaces, of at most ${maxScopeLength} characters`,
      text,
    )
  }
  const closed = scopes === 'any' ? undefined : asked.find((scope) => !scopes.includes(scope))
  if (closed !== undefined)
    throw refused(
      `${closed.slice(0, 100)} is not open to this client; it may ask for ${listed(scopes)}`,
      text,
    )
  return asked.join(' ')
}

/** A length that any database column holds without trouble. */
const maxScopeLength = 1_000

function listed(scopes: Policy['scopes']): string {
  return scopes === 'any' || scopes.length === 0 ? 'none' : scopes.join(' ')
}

function refused(why: string, scope: string): OAuth1Error {
  return new OAuth1Error('invalid_request', `scope ${why}.`, { problem: { rejected: { scope } } })
}

/**
 * A resource owner may grant less than was requested, but never more: a consent form can be tampered with.
 *
 * @throws OAuth1Error `invalid_request`
 */
export function checkNarrowed(granted: string | undefined, asked: string | null | undefined): void {
  if (granted === undefined || !asked) return
  const open = new Set(scopesOf(asked))
  const wider = scopesOf(granted).filter((scope) => !open.has(scope))
  if (wider.length > 0) {
    throw new OAuth1Error(
      'invalid_request',
      `The approval grants ${wider.join(' ').slice(0, 200)}, which the client did not ask for. Grant some or all of ${asked}.`,
    )
  }
}

/** @throws OAuth1Error `insufficient_scope` unless all required scopes were granted; both are space-separated. */
export function checkScope(required: string, granted: string | null | undefined): void {
  const has = new Set(scopesOf(granted))
  const missing = scopesOf(required).filter((scope) => !has.has(scope))
  if (missing.length > 0) {
    throw new OAuth1Error(
      'insufficient_scope',
      `This resource needs the scope ${missing.join(' ')}, which the token was not granted.`,
    )
  }
}
