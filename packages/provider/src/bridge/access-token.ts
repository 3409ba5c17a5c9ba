import type { OAuth2Settings } from '../settings/oauth2-settings.ts'
import { scopeList } from '../settings/scopes.ts'

/** A valid access token. */
export interface AccessToken {
  readonly oauth2ClientId: string
  /** Whose it is; undefined for the client's own token. */
  readonly subject: string | undefined
  /** As scopes of this provider. */
  readonly scope: string
  /** Seconds since 1970, exclusive; undefined if it is not known. */
  readonly expiresAt: number | undefined
}

/** Why a token is not accepted: for the log, and never including the token. */
export interface RefusedToken {
  readonly refused: string
}

/** Verifies access tokens. */
export interface AccessTokens {
  /** @throws The error that prevented the check of the token. */
  read(token: string): Promise<AccessToken | RefusedToken>
  /** Preloads what the first token would wait for. @throws The error that prevented it. */
  prepare(): Promise<void>
  close(): Promise<void>
}

/** The claims of a JWT or of an introspection response: RFC 9068 and RFC 7662 use the same ones. */
export function accessTokenOf(
  claims: Readonly<Record<string, unknown>>,
  { scopes }: Pick<OAuth2Settings, 'scopes'>,
): AccessToken | RefusedToken {
  const { client_id, sub, scope, exp, cnf } = claims
  // Proof of its key would not be checked (RFC 7800, RFC 8705, RFC 9449).
  if (cnf !== undefined) return { refused: 'bound to a key' }
  if (!isIdentifier(client_id)) return { refused: 'no client_id' }
  if (sub !== undefined && typeof sub !== 'string') return { refused: 'unreadable sub' }
  if (exp !== undefined && typeof exp !== 'number') return { refused: 'unreadable exp' }
  return {
    oauth2ClientId: client_id,
    // A client's own token has the client as its subject, instead of a user (RFC 9068 §2.2).
    subject: sub === client_id ? undefined : sub,
    scope: scopesHere(typeof scope === 'string' ? scope : '', scopes),
    expiresAt: exp,
  }
}

/** As in RFC 6749 §A.1, at most as long as the column, and without spaces at the ends, which MySQL ignores. */
function isIdentifier(given: unknown): given is string {
  return typeof given === 'string' && /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/.test(given)
}

/** A scope missing from the map grants nothing here, even if a scope here has the same name. */
function scopesHere(scope: string, map: OAuth2Settings['scopes']): string {
  const given = scopeList(scope)
  const own = map === undefined ? given : given.flatMap((name) => (Object.hasOwn(map, name) ? map[name] : []))
  return [...new Set(own)].join(' ')
}
