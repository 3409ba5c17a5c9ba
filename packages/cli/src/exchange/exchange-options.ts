import { realpathSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { oauth1TokenType, xOAuth1TokenType } from 'countersign/bridge'
import { OAuth1Client } from 'countersign/client'
import {
  type CommandOption,
  type Invocation,
  jsonOption,
  optional,
  required,
  UsageError,
} from '../command.ts'
import { withPrompt } from '../prompt.ts'
import { clientSecret, readSecret, refuseArgument, type Secret, secretOptions } from '../secret.ts'
import { givenMethod } from '../signing-options.ts'
import { discoveredEndpoint, secureUrl } from './endpoint.ts'
import type { ClientAuthentication, Exchanging } from './exchange-request.ts'

/** The secret of the OAuth 2 client. */
const oauth2Secret: Secret = {
  option: 'client-secret',
  variable: 'COUNTERSIGN_OAUTH2_CLIENT_SECRET',
  title: 'Secret of the OAuth 2 client',
}

const ways = ['client_secret_basic', 'client_secret_post', 'none'] as const
const shortTypes: Readonly<Record<string, string>> = { countersign: oauth1TokenType, x: xOAuth1TokenType }

/** A secret's options, described by whose it is. */
function optionsOf(secret: Secret, whose: string): readonly CommandOption[] {
  return secretOptions(secret).map((option) => ({
    ...option,
    summary: option.hidden ? option.summary : option.summary.replace(secret.title.toLowerCase(), whose),
  }))
}

export const exchangeOptions: readonly CommandOption[] = [
  { flags: '--tokens FILE', summary: 'The OAuth 1.0 tokens: .csv, .json or .jsonl', required: true },
  { flags: '--out FILE', summary: 'Where the OAuth 2 tokens are added, as JSON lines', required: true },
  { flags: '--failed FILE', summary: 'Where it notes whose users must sign in again (default: OUT.failed)' },
  {
    flags: '--endpoint URL',
    summary: 'The OAuth 2 token endpoint; with --signed the one for signed requests',
  },
  { flags: '--issuer URL', summary: 'Instead: the OAuth 2 server, whose metadata name the endpoint' },
  { flags: '--client-id ID', summary: 'The OAuth 2 client' },
  ...optionsOf(oauth2Secret, 'secret of the OAuth 2 client'),
  {
    flags: '--client-auth METHOD',
    summary: 'How the client authenticates (default: client_secret_basic)',
    values: ways,
  },
  { flags: '--scope SCOPES', summary: 'Ask for these alone, with spaces between them' },
  {
    flags: '--subject-token-type TYPE',
    summary: 'What the server calls an OAuth 1.0 token: countersign (default), x, or a URN',
  },
  { flags: '--signed', summary: 'Send requests that are signed with OAuth 1.0 instead' },
  { flags: '--key KEY', summary: 'The OAuth 1.0 client that signs' },
  ...optionsOf(clientSecret, 'secret of the OAuth 1.0 client'),
  { flags: '--rsa-private-key FILE', summary: 'Its RSA private key, as PEM or JWK' },
  {
    flags: '--signature-method NAME',
    summary: 'How it signs (default: HMAC-SHA1; with a private key RSA-SHA1)',
  },
  { flags: '--concurrency NUMBER', summary: 'Requests at the same time (default: 4)' },
  { flags: '--tries NUMBER', summary: 'How often a token is tried while the server is busy (default: 8)' },
  { flags: '--timeout SECONDS', summary: 'How long one response may take (default: 30)' },
  {
    flags: '--refusals NUMBER',
    summary: 'Stop after this many refusals in a row (default: 25)',
  },
  { flags: '--dry-run', summary: 'Check the file and count, without sending or writing anything' },
  jsonOption,
]

/** The files of a run. */
export interface ExchangeFiles {
  readonly tokens: string
  readonly out: string
  readonly failed: string
}

/** @throws UsageError if one file is named for two purposes. */
export function exchangeFiles(given: Invocation): ExchangeFiles {
  const out = required(given, 'out')
  const files = {
    tokens: required(given, 'tokens'),
    out,
    failed: optional(given, 'failed') ?? `${out}.failed`,
  }
  if (new Set(Object.values(files).map(realPath)).size < 3)
    throw new UsageError('--tokens, --out and --failed must be three different files.')
  return files
}

/** The real path of a file, whether or not it exists. */
function realPath(file: string): string {
  try {
    return realpathSync(file)
  } catch {
    const folder = dirname(resolve(file))
    try {
      return join(realpathSync(folder), basename(file))
    } catch {
      return resolve(file)
    }
  }
}

/** The numbers of a run. @throws UsageError for an invalid one. */
export function exchangeLimits(given: Invocation) {
  return {
    concurrency: wholeNumber(given, 'concurrency', 4, 100),
    tries: wholeNumber(given, 'tries', 8, 100),
    refusals: wholeNumber(given, 'refusals', 25, 1_000_000_000),
    timeoutSeconds: wholeNumber(given, 'timeout', 30, 600),
  }
}

function wholeNumber(given: Invocation, option: string, fallback: number, most: number): number {
  const text = optional(given, option)
  if (text === undefined) return fallback
  const number = /^\d{1,10}$/.test(text) ? Number(text) : 0
  if (number >= 1 && number <= most) return number
  throw new UsageError(`--${option} must be a whole number from 1 to ${most}.`)
}

/** For the help: where the secret comes from. */
export const exchangeSecretNotes = `Without an option, the secret comes from ${oauth2Secret.variable}, or with --signed from
${clientSecret.variable}, or you type it.`

/** The options that belong to only one of the two shapes. */
const tokenRequestOptions = [
  'issuer',
  'client-id',
  'client-auth',
  'subject-token-type',
  'client-secret-file',
  'client-secret-stdin',
]
const signedOptions = ['key', 'rsa-private-key', 'signature-method', 'secret-file', 'secret-stdin']

/** @throws UsageError for options that are missing or do not go together, and for an address that is not safe. */
export function checkExchange(given: Invocation): void {
  const isSigned = given['signed'] === true
  const other = (isSigned ? tokenRequestOptions : signedOptions).find((name) => given[name] !== undefined)
  if (other !== undefined)
    throw new UsageError(`--${other} does not go ${isSigned ? 'with' : 'without'} --signed.`)
  const [subject, endpoint, issuer] = [isSigned ? 'key' : 'client-id', 'endpoint', 'issuer']
  if (!optional(given, subject)) throw new UsageError(`--${subject} is missing.`)
  const places = [endpoint, issuer].filter((name) => given[name] !== undefined)
  if (places.length !== 1)
    throw new UsageError(isSigned ? '--endpoint is missing.' : 'Use --endpoint or --issuer.')
  for (const name of places) secureUrl(required(given, name), name)
  tokenTypeOf(given)
  if (isSigned) givenMethod(given)
  for (const { option, variable } of [oauth2Secret, clientSecret])
    refuseArgument(given, option, `Use --${option}-file, --${option}-stdin or the variable ${variable}.`)
}

function tokenTypeOf(given: Invocation): string {
  const type = optional(given, 'subject-token-type') ?? 'countersign'
  if (Object.hasOwn(shortTypes, type)) return shortTypes[type] as string
  if (/^[A-Za-z][A-Za-z0-9+.-]*:[\x21-\x7e]+$/.test(type)) return type
  throw new UsageError('--subject-token-type must be countersign, x, or a URN.')
}

/** How and where to request exchanges; reads the secret, and the metadata of an issuer. */
export async function exchangingOf(given: Invocation, timeoutSeconds: number): Promise<Exchanging> {
  const shape = given['signed'] === true ? await signedShape(given) : await tokenRequestShape(given)
  const issuer = optional(given, 'issuer')
  const endpoint =
    issuer === undefined
      ? secureUrl(required(given, 'endpoint'), 'endpoint')
      : await discoveredEndpoint(secureUrl(issuer, 'issuer'), timeoutSeconds)
  return { endpoint, shape, scope: optional(given, 'scope') || undefined, timeoutSeconds }
}

async function tokenRequestShape(given: Invocation): Promise<Exchanging['shape']> {
  const authentication = (optional(given, 'client-auth') ?? 'client_secret_basic') as ClientAuthentication
  return {
    kind: 'token_request',
    clientId: required(given, 'client-id'),
    clientSecret: authentication === 'none' ? '' : await secretOf(given, oauth2Secret),
    authentication,
    subjectTokenType: tokenTypeOf(given),
  }
}

async function signedShape(given: Invocation): Promise<Exchanging['shape']> {
  const { privateKey, signatureMethod, isAsymmetric } = givenMethod(given)
  const secret = isAsymmetric ? '' : await secretOf(given, clientSecret)
  const keys = isAsymmetric ? { privateKey } : { clientSecret: secret }
  const client = new OAuth1Client({ clientId: required(given, 'key'), signatureMethod, ...keys })
  return { kind: 'signed', client, clientSecret: secret }
}

function secretOf(given: Invocation, secret: Secret): Promise<string> {
  return withPrompt((prompt) => readSecret(given, secret, prompt))
}
