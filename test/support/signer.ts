import { OAuth1Client, type RsaPrivateKey, type SignatureMethodName, type Signer } from 'countersign/client'
import { percentEncode, sharedKey } from 'countersign/protocol'

export type Pair = readonly [name: string, value: string]

/** The request that a test wants signed, and what is odd about it. */
export interface Unsigned {
  readonly method?: string
  /** Absolute, with its query. */
  readonly url: string
  /** Sent as a form body. */
  readonly form?: readonly Pair[]
  /** Where the protocol parameters stand: in the header unless told otherwise. */
  readonly place?: 'header' | 'body' | 'query'
  readonly headers?: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly realm?: string
  readonly client?:
    | { readonly clientId: string; readonly clientSecret?: string | null | undefined }
    | undefined
  readonly token?: { readonly oauthToken: string; readonly oauthTokenSecret: string } | undefined
  /** Protocol parameters to add or to change; undefined leaves one out. */
  readonly oauth?: Readonly<Record<string, string | undefined>>
  /** Overrides how the signature is made. */
  readonly sign?: (baseString: string, key: string) => string
  /** For the RSA methods. */
  readonly privateKey?: RsaPrivateKey
}

export interface SignedRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body?: string
}

/**
 * A request as countersign/client signs it, unless the options say otherwise: its defaults are a client and a realm of
 * the tests, and headers stay as they are.
 *
 * @param now - Seconds since 1970: the real time unless told otherwise.
 */
export function signed(unsigned: Unsigned, now?: number): SignedRequest {
  const { method = 'GET', url, form = [], place = 'header', realm = 'r', headers, oauth = {} } = unsigned
  const { client, token, privateKey } = unsigned
  const isForm = form.length > 0 || place === 'body'
  const signer = new OAuth1Client({
    clientId: 'client',
    clientSecret: client?.clientSecret ?? 'secret',
    privateKey,
    token,
    signatureMethod: methodOf(unsigned),
    place,
    realm,
    includeVersion: false,
    ...(now === undefined ? {} : { now: () => now }),
  })
  const sent = signer.sign({
    method,
    url,
    exactUrl: true,
    oauth: { oauth_consumer_key: client?.clientId ?? 'client', ...oauth },
    ...(isForm ? { body: formText(form), headers: { 'content-type': formType } } : {}),
  })
  const { authorization, body } = sent
  return {
    method,
    url: sent.url,
    headers: { ...headers, ...(authorization === undefined ? {} : { authorization }) },
    ...(typeof body === 'string' ? { body } : {}),
  }
}

const formType = 'application/x-www-form-urlencoded'

function methodOf({ oauth, sign }: Unsigned): SignatureMethodName | Signer {
  const name = oauth?.['oauth_signature_method'] ?? 'HMAC-SHA1'
  const given = oauth?.['oauth_signature']
  if (given !== undefined) return { name, sign: () => given }
  if (sign === undefined) return name as SignatureMethodName
  return {
    name,
    sign: ({ baseString, clientSecret, tokenSecret }) =>
      sign(baseString, sharedKey(clientSecret, tokenSecret)),
  }
}

function formText(pairs: readonly Pair[]): string {
  return pairs.map((pair) => pair.map(percentEncode).join('=')).join('&')
}
