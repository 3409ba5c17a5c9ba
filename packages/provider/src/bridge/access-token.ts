import type { OAuth2Settings } from '../settings/oauth2-settings.ts'
import { scopeList } from '../settings/scopes.ts'

/** A valid access token. */
export interface AccessToken {
  readonly oauth2ClientId: string
  /** Whose it is; undefined for one of the client itself. */
  readonly subject: string | undefined
  /** With the names of the scopes here. */
  readonly scope: string
  /** Seconds since 1970, exclusive; undefined where it is not known. */
  readonly expiresAt: number | undefined
}

/** Why a token is not accepted: for the log, and never with the token. */
export interface RefusedToken {
  readonly refused: string
}

/** Where access tokens are verified. */
export interface AccessTokens {
  /** @throws What kept it from being known whether the token is valid. */
  read(token: string): Promise<AccessToken | RefusedToken>
  /** Reads ahead what the first token would wait for. @throws What went wrong. */
  prepare(): Promise<void>
  close(): Promise<void>
}

/** What a JWT holds, or an introspection says: by RFC 9068 and RFC 7662 the claims are the same. */
export function accessTokenOf(
  claims: Readonly<Record<string, unknown>>,
  { scopes }: Pick<OAuth2Settings, 'scopes'>,
): AccessToken | RefusedToken {
  const { client_id, sub, scope, exp, cnf } = claims
  // Its key would be left unproven (RFC 7800, RFC 8705, RFC 9449).
  if (cnf !== undefined) return { refused: 'bound to a key' }
  if (!isIdentifier(client_id)) return { refused: 'no client_id' }
  if (sub !== undefined && typeof sub !== 'string') return { refused: 'unreadable sub' }
  if (exp !== undefined && typeof exp !== 'number') return { refused: 'unreadable exp' }
  return {
    oauth2ClientId: client_id,
    // A client's own token names the client where others name the user (RFC 9068 §2.2).
    subject: sub === client_id ? undefined : sub,
    scope: scopesHere(typeof scope === 'string' ? scope : '', scopes),
    expiresAt: exp,
  }
}

/** As RFC 6749 §A.1 has it, no longer than is stored, and without a space at an end, which MySQL would not compare. */
function isIdentifier(given: unknown): given is string {
  return typeof given === 'string' && /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/.test(given)
}

/** What the map does not name stands for nothing here, even where a scope here has the same name. */
function scopesHere(scope: string, map: OAuth2Settings['scopes']): string {
  const given = scopeList(scope)
  const own = map === undefined ? given : given.flatMap((name) => (Object.hasOwn(map, name) ? map[name] : []))
  return [...new Set(own)].join(' ')
}
