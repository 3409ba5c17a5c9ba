import { createHmac } from 'node:crypto'
import {
  formatAuthorizationHeader,
  type HttpRequest,
  type Parameter,
  parseForm,
  percentEncode,
  signatureBaseString,
  splitUrl,
} from 'countersign/protocol'
import { type Draft, type KeyShape, type SigningMethod, sentValue, signingMethods } from './draft.ts'

export interface SigningSecrets {
  readonly clientSecret: string
  /** Empty without a token. */
  readonly tokenSecret: string
}

/** A signed request, and how it was built. */
export interface SignedDraft {
  readonly baseString: string
  readonly signingMethod: SigningMethod
  /** For display: without the secrets, of which a PLAINTEXT signature consists. */
  readonly signature: string
  readonly request: HttpRequest
  /** The same, for display. */
  readonly shown: HttpRequest
}

/** What the page shows instead of a signature that consists of the secrets themselves (§3.4.4). */
const hidden = 'HIDDEN'

/**
 * Signs a draft as a client does (§3.4), or with the draft's deliberate mistakes.
 *
 * @throws OAuth1Error for an invalid URL.
 */
export function signDraft(draft: Draft, secrets: SigningSecrets): SignedDraft {
  const baseString = draft.baseString ?? baseStringOf(draft)
  const signingMethod = methodOf(draft)
  const signature = draft.signature ?? sign(signingMethod, baseString, keyOf(draft.keyShape, secrets))
  const isSecret = draft.signature === undefined && signingMethod === 'PLAINTEXT'
  const request = requestOf(draft, signature)
  return {
    baseString,
    signingMethod,
    signature: isSecret ? hidden : signature,
    request,
    shown: isSecret ? requestOf(draft, hidden) : request,
  }
}

/** The base string built from the fields (§3.4.1). */
function baseStringOf(draft: Draft): string {
  const { baseUri, query } = splitUrl(draft.url)
  const { protocol, application } = parametersOf(draft)
  const encoded = [...protocol, ...application].map(
    ([name, value]): Parameter => ({ name: percentEncode(name), value: percentEncode(value) }),
  )
  return signatureBaseString(draft.verb, baseUri, [...parseForm(query), ...encoded])
}

/** The method to sign with: RSA needs the private key, which only the client has. */
function methodOf(draft: Draft): SigningMethod {
  const named = sentValue(draft, 'oauth_signature_method')
  return draft.signWith ?? signingMethods.find((method) => method === named) ?? 'HMAC-SHA1'
}

function sign(method: SigningMethod, baseString: string, key: string): string {
  if (method === 'PLAINTEXT') return key
  return createHmac(hashes[method], key).update(baseString).digest('base64')
}

const hashes = { 'HMAC-SHA1': 'sha1', 'HMAC-SHA256': 'sha256', 'HMAC-SHA512': 'sha512' } as const

function keyOf(shape: KeyShape, { clientSecret, tokenSecret }: SigningSecrets): string {
  const [client, token] = [percentEncode(clientSecret), percentEncode(tokenSecret)]
  const keys = {
    both: `${client}&${token}`,
    client: `${client}&`,
    bare: client,
    swapped: `${token}&${client}`,
  }
  return keys[shape]
}

type Pair = readonly [name: string, value: string]

/** A protocol parameter goes with the other protocol parameters, wherever it was typed. */
function parametersOf({ protocol, parameters }: Draft): { protocol: Pair[]; application: Pair[] } {
  const isProtocol = ({ name }: { readonly name: string }) => name.startsWith('oauth_')
  const pair = ({ name, value }: { readonly name: string; readonly value: string }): Pair => [name, value]
  return {
    protocol: [...protocol.filter(({ isLeftOut }) => !isLeftOut), ...parameters.filter(isProtocol)].map(pair),
    application: parameters.filter((parameter) => !isProtocol(parameter)).map(pair),
  }
}

function requestOf(draft: Draft, signature: string): HttpRequest {
  const { protocol, application } = parametersOf(draft)
  const signed: Pair[] = [...protocol, ['oauth_signature', signature]]
  const placed = (place: 'query' | 'body') => [
    ...(draft.parametersIn === place ? application : []),
    ...(draft.place === place ? signed : []),
  ]
  const query = formText(placed('query'))
  const body = formText(placed('body'))
  return {
    method: draft.verb,
    url: query === '' ? draft.url : `${draft.url}${draft.url.includes('?') ? '&' : '?'}${query}`,
    headers: {
      ...(draft.place === 'header' ? { authorization: formatAuthorizationHeader(signed) } : {}),
      ...(body === '' ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
    },
    ...(body === '' ? {} : { body }),
  }
}

function formText(pairs: readonly Pair[]): string {
  return pairs.map((pair) => pair.map(percentEncode).join('=')).join('&')
}
