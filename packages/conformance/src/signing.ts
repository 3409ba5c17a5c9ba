import { createHmac, randomBytes, sign as signRsa } from 'node:crypto'
import {
  formatAuthorizationHeader,
  percentEncode,
  sharedKey,
  signatureBaseString,
  splitUrl,
} from 'countersign/protocol'
import { type WireRequest, withQuery } from './http/message.ts'
import type { Keys } from './target.ts'

export type Pair = readonly [name: string, value: string]
export type Place = 'header' | 'query' | 'body'

/** A request to sign. Deliberate mistakes are fields here; the rest is correct. */
export interface Draft {
  readonly method: string
  /** As sent, without the protocol parameters. */
  readonly url: string
  readonly client: Keys
  /** For RSA methods: PEM. */
  readonly privateKey?: string | undefined
  readonly token?: Keys | undefined
  readonly signatureMethod: string
  readonly place?: Place
  /** As sent. */
  readonly form?: string | undefined
  readonly contentType?: string
  /** Protocol parameters with a different value; undefined leaves one out. */
  readonly oauth?: Readonly<Record<string, string | undefined>>
  /** The decoded parameters of query and form. Default: as parsed by a form parser. */
  readonly pairs?: readonly Pair[] | undefined
  /** The request to sign, if it differs from the one that is sent. */
  readonly signedMethod?: string
  readonly signedUrl?: string
  /** Changes the correct signature; undefined leaves it out. */
  readonly signature?: (right: string) => string | undefined
  /** Writes the header in a different way. */
  readonly header?: (pairs: readonly Pair[]) => string
  readonly headers?: readonly Pair[]
}

export const formType = 'application/x-www-form-urlencoded'

/** Signs a draft (§3.1): the request, ready to be sent. */
export function sign(draft: Draft): WireRequest {
  const { method, url, place = 'header', form } = draft
  const oauth = protocolParameters(draft)
  const hasForm = form !== undefined || place === 'body'
  const pairs = oauth.map((pair) => pair.map(percentEncode).join('='))
  const header = draft.header ?? ((pairs: readonly Pair[]) => formatAuthorizationHeader(pairs))
  return {
    method,
    url: withQuery(url, place === 'query' ? pairs.join('&') : ''),
    headers: [
      ...(place === 'header' ? ([['Authorization', header(oauth)]] as const) : []),
      ...(hasForm ? ([['Content-Type', draft.contentType ?? formType]] as const) : []),
      ...(draft.headers ?? []),
    ],
    body: hasForm ? [...(form ? [form] : []), ...(place === 'body' ? pairs : [])].join('&') : undefined,
  }
}

/** The protocol parameters in the order of the RFC's examples, the signature last. */
function protocolParameters(draft: Draft): Pair[] {
  const { client, token, signatureMethod, oauth = {} } = draft
  const usual: Record<string, string | undefined> = {
    oauth_consumer_key: client.key,
    ...(token ? { oauth_token: token.key } : {}),
    oauth_signature_method: signatureMethod,
    ...(signatureMethod === 'PLAINTEXT' ? {} : { oauth_timestamp: now(), oauth_nonce: nonce() }),
  }
  const { oauth_signature: given, ...others } = { ...usual, ...oauth }
  const pairs = Object.entries(others).filter((pair): pair is [string, string] => pair[1] !== undefined)
  const right = signatureOf(draft, pairs)
  const signature = given ?? (draft.signature ? draft.signature(right) : right)
  return signature === undefined ? pairs : [...pairs, ['oauth_signature', signature]]
}

/** §3.4. */
function signatureOf(draft: Draft, oauth: readonly Pair[]): string {
  const { client, token, privateKey, signatureMethod, method, url } = draft
  const key = sharedKey(client.secret, token?.secret ?? '')
  if (signatureMethod === 'PLAINTEXT') return key
  const { baseUri } = splitUrl((draft.signedUrl ?? url).replace(/\?.*$/s, ''))
  const signed = [...(draft.pairs ?? pairsOf(draft)), ...oauth]
  const parameters = signed.map(([name, value]) => ({
    name: percentEncode(name),
    value: percentEncode(value),
  }))
  const baseString = signatureBaseString(draft.signedMethod ?? method, baseUri, parameters)
  // A method that this suite does not know is sent with another method's signature.
  const hash = /SHA(?:1|256|512)$/.exec(signatureMethod)?.[0].toLowerCase() ?? 'sha1'
  return privateKey !== undefined && signatureMethod.startsWith('RSA-')
    ? signRsa(hash, Buffer.from(baseString), privateKey).toString('base64')
    : createHmac(hash, key).update(baseString).digest('base64')
}

/** For usual queries and forms; a case with an unusual one specifies the parameters itself. */
function pairsOf({ url, signedUrl = url, form, contentType = formType }: Draft): Pair[] {
  const isForm = contentType.startsWith(formType)
  return [...pairsOfUrl(signedUrl), ...new URLSearchParams(isForm ? form : '')]
}

/** The decoded parameters of a URL's query. */
export function pairsOfUrl(url: string): Pair[] {
  return [...new URLSearchParams(/\?(.*)$/s.exec(url)?.[1] ?? '')]
}

/** Seconds since 1970. */
export function now(ahead = 0): string {
  return String(Math.floor(Date.now() / 1000) + ahead)
}

export function nonce(): string {
  return randomBytes(12).toString('hex')
}

/** A signature or code of the same length that is certainly wrong, even if case is ignored. */
export function spoiled(text: string): string {
  return (/^a/i.test(text) ? 'B' : 'A') + text.slice(1)
}
