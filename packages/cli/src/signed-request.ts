import { type KeyObject, randomBytes, sign as signRsa } from 'node:crypto'
import { InputError } from '@countersign/provider'
import { builtInSignatureMethods, OAuth1Error } from 'countersign'
import {
  formatAuthorizationHeader,
  type Parameter,
  type Place,
  parseForm,
  percentEncode,
  signatureBaseString,
  splitUrl,
} from 'countersign/protocol'

/** Who signs. */
export interface SigningKeys {
  readonly clientId: string
  readonly clientSecret?: string | undefined
  readonly oauthToken?: string | undefined
  readonly tokenSecret?: string | undefined
  /** For the RSA methods. */
  readonly privateKey?: KeyObject | undefined
}

/** What is signed, and how. */
export interface UnsignedRequest {
  readonly method: string
  /** Absolute, as it is sent. */
  readonly url: string
  /** The raw text of a form. */
  readonly form?: string | undefined
  /** Default HMAC-SHA1. */
  readonly signatureMethod?: string | undefined
  /** Where the protocol parameters go (§3.5). Default: the header. */
  readonly place?: Place | undefined
  readonly realm?: string | undefined
  /** Further protocol parameters, or other values for timestamp and nonce. */
  readonly oauth?: Readonly<Record<string, string>>
}

/** A request with its signature in place. */
export interface SignedRequest {
  readonly method: string
  readonly url: string
  /** The Authorization header, where the parameters stand there. */
  readonly authorization: string | undefined
  /** The form, with the parameters where they stand there. */
  readonly form: string | undefined
  readonly baseString: string
  /** How the key is made, in words. */
  readonly keyShape: string
}

type Pair = readonly [name: string, value: string]

/**
 * Signs a request (RFC 5849 §3). The one signer of this command line.
 *
 * @throws InputError for a URL that is none, and for one or a form that is signed already.
 */
export function signedRequest(keys: SigningKeys, unsigned: UnsignedRequest): SignedRequest {
  const { method, form, signatureMethod = 'HMAC-SHA1', place = 'header', realm } = unsigned
  const [url = ''] = unsigned.url.split('#', 1)
  const protocol: Pair[] = Object.entries({
    oauth_consumer_key: keys.clientId,
    ...(keys.oauthToken === undefined ? {} : { oauth_token: keys.oauthToken }),
    oauth_signature_method: signatureMethod,
    oauth_timestamp: String(Math.floor(Date.now() / 1000)),
    oauth_nonce: randomBytes(16).toString('hex'),
    ...unsigned.oauth,
  })
  const { baseUri, application } = readAddress(url, form)
  const baseString = signatureBaseString(method, baseUri, [...application, ...protocol.map(encoded)])
  const { signature, keyShape } = signatureOf(baseString, signatureMethod, keys)
  const all: Pair[] = [...protocol, ['oauth_signature', signature]]
  return {
    method,
    url: place === 'query' ? `${url}${url.includes('?') ? '&' : '?'}${formText(all)}` : url,
    authorization: place === 'header' ? formatAuthorizationHeader(all, realm) : undefined,
    form: place === 'body' ? [...(form ? [form] : []), formText(all)].join('&') : form,
    baseString,
    keyShape,
  }
}

/** The parameters of the application (§3.4.1.3.1), and what they are sent to. */
function readAddress(
  url: string,
  form: string | undefined,
): { readonly baseUri: string; readonly application: Parameter[] } {
  try {
    const { baseUri, query } = splitUrl(url)
    if (/[^\0-\x7f]/.test(url)) {
      throw new InputError('url', 'The URL holds characters beyond ASCII: percent-encode them as UTF-8.')
    }
    const application = [...parseForm(query), ...parseForm(form ?? '')]
    const own = application.find(({ name }) => name.startsWith('oauth_'))
    if (own !== undefined) {
      throw new InputError(
        'url',
        `The URL or the form already holds ${own.name.slice(0, 60)}. Remove the oauth_ parameters, and set those that you need with --oauth.`,
      )
    }
    return { baseUri, application }
  } catch (error) {
    if (error instanceof OAuth1Error) throw new InputError('url', error.description)
    throw error
  }
}

function signatureOf(
  baseString: string,
  signatureMethod: string,
  { clientSecret = '', oauthToken, tokenSecret = '', privateKey }: SigningKeys,
): { readonly signature: string; readonly keyShape: string } {
  const method = builtInSignatureMethods[signatureMethod]
  if (method?.kind === 'symmetric') {
    const key = oauthToken === undefined ? 'client secret &' : 'client secret & token secret'
    return {
      signature: method.sign({ baseString, clientSecret, tokenSecret }) as string,
      keyShape: method.plaintext ? `${key} (this is the signature; the base string does not count)` : key,
    }
  }
  if (method === undefined || privateKey === undefined) {
    throw new InputError('signature-method', `${signatureMethod} needs an RSA private key.`)
  }
  // §3.4.3: RSASSA-PKCS1-v1_5, which is what Node does with an RSA key.
  const hashName = signatureMethod.slice('RSA-'.length).toLowerCase()
  return {
    signature: signRsa(hashName, Buffer.from(baseString), privateKey).toString('base64'),
    keyShape: 'the client’s RSA key',
  }
}

function encoded([name, value]: Pair): Parameter {
  return { name: percentEncode(name), value: percentEncode(value) }
}

function formText(pairs: readonly Pair[]): string {
  return pairs
    .map(encoded)
    .map(({ name, value }) => `${name}=${value}`)
    .join('&')
}
