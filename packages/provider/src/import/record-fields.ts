import { InputError } from '../input-error.ts'
import type { ImportedClient, ImportedToken } from './import-record.ts'

/** The names of a field in exports and tables; the first one with a value is used. */
const clientNames = {
  key: ['key', 'client_id', 'clientId', 'client_key', 'consumer_key', 'oauth_consumer_key'],
  secret: ['secret', 'client_secret', 'clientSecret', 'consumer_secret'],
  name: ['name', 'client_name', 'clientName'],
  callbacks: ['callbacks', 'callback', 'default_redirect_uri', 'redirect_uris', 'redirect_uri'],
  rsaPublicKey: ['rsa_public_key', 'rsaPublicKey'],
  owner: ['owner', 'user', 'user_name', 'user_id'],
  createdAt: ['created_at', 'createdAt', 'client_id_issued_at', 'issued_at'],
  oauth2ClientId: ['oauth2_client_id', 'oauth2ClientId'],
} as const
const tokenNames = {
  client: ['client', 'client_id', 'clientId', 'consumer_key', 'oauth_consumer_key'],
  token: ['token', 'oauth_token', 'oauthToken'],
  secret: ['secret', 'oauth_token_secret', 'token_secret', 'oauthTokenSecret'],
  user: ['user', 'user_name', 'username', 'user_id', 'userId'],
  scope: ['scope', 'scopes'],
  createdAt: ['created_at', 'createdAt', 'issued_at'],
  expiresAt: ['expires_at', 'expiresAt'],
} as const

/** All possible names of a record's fields. */
export const importFields = {
  client: Object.values(clientNames).flat(),
  token: Object.values(tokenNames).flat(),
} as const

/** Whether only a token has a field of this name. */
export function isTokenName(name: string): boolean {
  return (tokenNames.token as readonly string[]).includes(name)
}

type Fields = Readonly<Record<string, unknown>>

/** A client from a line of CSV, a JSON object or a row. @throws InputError for a field that cannot be read. */
export function clientRecord(at: string, fields: Fields): ImportedClient {
  return {
    kind: 'client',
    at,
    key: text(fields, clientNames.key) ?? '',
    secret: text(fields, clientNames.secret),
    name: text(fields, clientNames.name),
    callbacks: list(fields, clientNames.callbacks),
    rsaPublicKey: rsaKey(fields),
    owner: text(fields, clientNames.owner),
    createdAt: time(fields, clientNames.createdAt) ?? undefined,
    oauth2ClientId: text(fields, clientNames.oauth2ClientId) ?? undefined,
  }
}

/** The same for a token. @throws InputError for a field that cannot be read. */
export function tokenRecord(at: string, fields: Fields): ImportedToken {
  const scopes = list(fields, tokenNames.scope)
  return {
    kind: 'token',
    at,
    client: text(fields, tokenNames.client) ?? '',
    token: text(fields, tokenNames.token) ?? '',
    secret: text(fields, tokenNames.secret) ?? '',
    user: text(fields, tokenNames.user),
    scope: scopes === null ? null : scopes?.join(' '),
    createdAt: time(fields, tokenNames.createdAt) ?? undefined,
    expiresAt: time(fields, tokenNames.expiresAt),
  }
}

/** Null if the field is empty, undefined if there is no such field. */
function value(fields: Fields, names: readonly string[]): NonNullable<unknown> | null | undefined {
  let empty: null | undefined
  for (const name of names) {
    const found = fields[name]
    if (found === null || found === '') empty = null
    else if (found !== undefined) return found
  }
  return empty
}

function text(fields: Fields, names: readonly string[]): string | null | undefined {
  const found = value(fields, names)
  if (found === undefined || found === null || typeof found === 'string') return found
  if (typeof found === 'bigint' || Number.isSafeInteger(found)) return String(found)
  // It would change: JSON reads 12345678901234567890 as 12345678901234567000.
  if (typeof found === 'number')
    throw new InputError(
      names[0] ?? '',
      `${names[0]} must be in quotation marks: it is an identifier, not a number`,
    )
  throw new InputError(names[0] ?? '', `${names[0]} must be a text`)
}

/** A list, or the words of a text. */
function list(fields: Fields, names: readonly string[]): readonly string[] | null | undefined {
  const found = value(fields, names)
  if (found === undefined || found === null) return found
  if (typeof found === 'string') return found.split(/\s+/).filter(Boolean)
  if (Array.isArray(found) && found.every((one) => typeof one === 'string')) return found
  throw new InputError(
    names[0] ?? '',
    `${names[0]} must be a text with white space between them, or a list of texts`,
  )
}

/** PEM or JWK; in JSON a JWK may be an object. */
function rsaKey(fields: Fields): string | null | undefined {
  const found = value(fields, clientNames.rsaPublicKey)
  if (typeof found === 'object' && found !== null) return jwkText(found)
  const key = text(fields, clientNames.rsaPublicKey)
  // CSV in one line writes the line breaks of PEM as two characters.
  return typeof key === 'string' ? key.replaceAll('\\n', '\n') : key
}

function jwkText(found: object): string {
  try {
    return JSON.stringify(found)
  } catch {
    // It is nested so deeply that serializing it would overflow the stack.
    throw new InputError('rsa_public_key', 'rsa_public_key must be PEM or a JWK')
  }
}

/** JavaScript reads 2026-02-31 as 3 March. */
function isDay(day = ''): boolean {
  const date = new Date(day)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day)
}

/** Seconds since 1970, or a date that names its zone; a date without one, as databases write it, is UTC. */
function time(fields: Fields, names: readonly string[]): number | null | undefined {
  const found = value(fields, names)
  if (found === undefined || found === null) return found
  if (found instanceof Date) return Math.floor(found.getTime() / 1000)
  const given = typeof found === 'object' ? '' : String(found)
  if (/^\d{1,10}(?:\.\d+)?$/.test(given)) return Math.floor(Number(given))
  const date = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:?\d\d)?)?$/.exec(given)
  const milliseconds = date ? Date.parse(`${date[1]}T${date[2] ?? '00:00'}${date[3] ?? 'Z'}`) : Number.NaN
  if (Number.isFinite(milliseconds) && isDay(date?.[1])) return Math.floor(milliseconds / 1000)
  throw new InputError(
    names[0] ?? '',
    // The value is not shown: if columns were mixed up, it is a secret.
    `${names[0]} must be seconds since 1970, or a date such as 2026-01-31T12:00:00Z`,
  )
}
