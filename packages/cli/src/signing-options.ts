import { createPrivateKey, type KeyObject } from 'node:crypto'
import { builtInSignatureMethods } from 'countersign'
import type { Credential, Place, SignatureMethodName } from 'countersign/client'
import { percentEncode } from 'countersign/protocol'
import {
  type CommandArgument,
  type CommandOption,
  type Invocation,
  jsonOption,
  listed,
  optional,
  required,
  UsageError,
} from './command.ts'
import { textOfFile } from './input-text.ts'
import { withPrompt } from './prompt.ts'
import { InputError } from './provider.ts'
import { checkStdin, clientSecret, readSecret, secretOptions, tokenSecret } from './secret.ts'
import type { Signing, UnsignedForm } from './signed-request.ts'

/** The URL of the request. */
export const urlArgument: CommandArgument = {
  name: 'URL',
  summary: 'The address to sign, exactly as it is sent',
  required: true,
}

/** The options of the commands that sign. */
export const signingOptions: readonly CommandOption[] = [
  { flags: '--key KEY', summary: 'The key of the client', required: true },
  ...secretOptions(clientSecret),
  { flags: '--token TOKEN', summary: 'The token to use' },
  ...secretOptions(tokenSecret),
  { flags: '--rsa-private-key FILE', summary: 'RSA private key, as PEM or JWK' },
  {
    flags: '--signature-method NAME',
    summary: 'Such as HMAC-SHA256 (default: HMAC-SHA1; with a private key RSA-SHA1)',
  },
  { flags: '--place PLACE', summary: 'Where the parameters go: header (default), query or body' },
  { flags: '--realm TEXT', summary: 'The realm of the Authorization header' },
  {
    flags: '--oauth NAME=VALUE',
    summary: 'Another protocol parameter, such as callback=oob, verifier=CODE or nonce=abc',
    repeatable: true,
  },
  {
    flags: '--request METHOD',
    short: '-X',
    summary: 'The HTTP method (default: GET, or POST where there is data)',
  },
  {
    flags: '--data TEXT',
    short: '-d',
    summary: 'The body as sent, such as size=large; @FILE reads a file',
    repeatable: true,
  },
  {
    flags: '--data-urlencode NAME=VALUE',
    summary: 'A form field whose value is encoded',
    repeatable: true,
  },
  { flags: '--header LINE', short: '-H', summary: 'A header, such as "Accept: */*"', repeatable: true },
  { flags: '--verbose', short: '-v', summary: 'Print the base string and key shape to standard error' },
  jsonOption,
]

/** The request that a command line asks to sign, and the headers sent with it. */
export interface SigningTask {
  readonly signing: Signing
  readonly unsigned: UnsignedForm
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** A body that is not a form, and so is not signed. */
  readonly content: string | undefined
}

/** @throws UsageError, or InputError for a file that cannot be used. */
export async function signingTask(given: Invocation): Promise<SigningTask> {
  const place = placeOf(given)
  const headers = listed(given, 'header').map(headerOf)
  const body = bodyOf(given)
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1]
  const isForm = type === undefined || /^\s*application\/x-www-form-urlencoded\b/i.test(type)
  if (place === 'body' && !isForm) {
    throw new UsageError('--place body needs a form: remove the Content-Type header.')
  }
  if (place === 'header' && headers.some(([name]) => name.toLowerCase() === 'authorization')) {
    throw new UsageError('The signature goes into the Authorization header: remove yours, or use --place.')
  }
  const hasBody = body !== undefined || place === 'body'
  const method = optional(given, 'request') ?? (hasBody ? 'POST' : 'GET')
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(method) || /^connect$/i.test(method)) {
    throw new UsageError(`--request ${method} is not a method that can be signed.`)
  }
  const unsigned = {
    method,
    url: required(given, 'url'),
    form: isForm ? body : undefined,
    place,
    oauth: Object.fromEntries(listed(given, 'oauth').map(protocolParameter)),
  }
  const signing = await signingOf(given)
  return { signing, unsigned, headers, content: isForm ? undefined : body }
}

async function signingOf(given: Invocation): Promise<Signing> {
  const { privateKey, signatureMethod, isAsymmetric } = givenMethod(given)
  const signing = {
    clientId: required(given, 'key'),
    realm: optional(given, 'realm'),
    signatureMethod,
  }
  const oauthToken = optional(given, 'token')
  const withSecret = (oauthTokenSecret: string): Credential | undefined =>
    oauthToken === undefined ? undefined : { oauthToken, oauthTokenSecret }
  if (isAsymmetric) return { ...signing, privateKey, token: withSecret('') }
  checkStdin(given, [clientSecret, tokenSecret])
  return withPrompt(async (prompt) => ({
    ...signing,
    clientSecret: await readSecret(given, clientSecret, prompt),
    token: withSecret(oauthToken === undefined ? '' : await readSecret(given, tokenSecret, prompt)),
  }))
}

/** How the options `--rsa-private-key` and `--signature-method` say that requests are signed. */
export interface GivenMethod {
  readonly privateKey: KeyObject | undefined
  readonly signatureMethod: SignatureMethodName
  /** Whether it signs with the private key, and not with secrets. */
  readonly isAsymmetric: boolean
}

/** @throws UsageError for an unknown method, or one that lacks its key; InputError for a file without a key. */
export function givenMethod(given: Invocation): GivenMethod {
  const file = optional(given, 'rsa-private-key')
  const privateKey = file === undefined ? undefined : privateKeyOf(textOfFile(file, 'rsa-private-key'))
  const name = optional(given, 'signature-method') ?? (privateKey === undefined ? 'HMAC-SHA1' : 'RSA-SHA1')
  const method = Object.hasOwn(builtInSignatureMethods, name) ? builtInSignatureMethods[name] : undefined
  if (method === undefined) {
    throw new UsageError(
      `--signature-method must be one of ${Object.keys(builtInSignatureMethods).join(', ')}.`,
    )
  }
  const isAsymmetric = method.kind === 'asymmetric'
  if (isAsymmetric && privateKey === undefined) {
    throw new UsageError(`--rsa-private-key is missing: ${name} signs with it.`)
  }
  return { privateKey, signatureMethod: name as SignatureMethodName, isAsymmetric }
}

function privateKeyOf(text: string): KeyObject {
  try {
    const key = text.trimStart().startsWith('{')
      ? createPrivateKey({ key: JSON.parse(text), format: 'jwk' })
      : createPrivateKey(text)
    if (key.asymmetricKeyType === 'rsa') return key
  } catch {
    // Node's error may quote the key.
  }
  throw new InputError(
    'rsa-private-key',
    'The file that --rsa-private-key names is not an RSA private key: use PEM without a passphrase, or a JWK.',
  )
}

function placeOf(given: Invocation): Place {
  const place = optional(given, 'place') ?? 'header'
  if (place === 'header' || place === 'query' || place === 'body') return place
  throw new UsageError('--place must be header, query or body.')
}

function headerOf(line: string): readonly [name: string, value: string] {
  const [, name, value] = /^([\w!#$%&'*+.^`|~-]+):(.*)$/s.exec(line) ?? []
  if (name !== undefined && value !== undefined && !/[\r\n\0]/.test(value)) return [name, value.trim()]
  throw new UsageError('A header must be "Name: value", on one line.')
}

function bodyOf(given: Invocation): string | undefined {
  const pieces = [
    ...listed(given, 'data').map((text) => (text.startsWith('@') ? textOfFile(text.slice(1), 'data') : text)),
    ...listed(given, 'data-urlencode').map((text) => {
      const equals = text.indexOf('=')
      return `${text.slice(0, equals + 1)}${percentEncode(text.slice(equals + 1))}`
    }),
  ]
  return pieces.length === 0 ? undefined : pieces.join('&')
}

/** The parameters that have their own options. */
const ownOptions: Readonly<Record<string, string>> = {
  oauth_consumer_key: '--key',
  oauth_token: '--token',
  oauth_signature_method: '--signature-method',
}

function protocolParameter(text: string): [name: string, value: string] {
  const [, short = '', value] = /^(?:oauth_)?([a-z_]+)=(.*)$/s.exec(text) ?? []
  const name = `oauth_${short}`
  if (value === undefined) throw new UsageError('--oauth needs a name and a value, such as callback=oob.')
  if (name === 'oauth_signature') throw new UsageError('--oauth cannot set the signature, which is computed.')
  const option = ownOptions[name]
  if (option !== undefined) throw new UsageError(`Use ${option} for ${name}.`)
  return [name, value]
}
