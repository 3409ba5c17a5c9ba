import {
  type ClientOptions,
  OAuth1Client,
  OAuth1ClientError,
  type SignatureMethodName,
  type UnsignedRequest,
} from 'countersign/client'
import { InputError } from './provider.ts'

/** Who signs, and how. */
export type Signing = Pick<ClientOptions, 'clientId' | 'clientSecret' | 'privateKey' | 'token' | 'realm'> & {
  readonly signatureMethod: SignatureMethodName
}

/** The signed request. */
export interface UnsignedForm extends Pick<UnsignedRequest, 'method' | 'place' | 'oauth'> {
  /** Absolute, as it is sent. */
  readonly url: string
  /** The raw text of a form. */
  readonly form?: string | undefined
}

/** A signed request. */
export interface SignedForm {
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

/**
 * Signs a request (RFC 5849 §3) as it is sent, byte for byte.
 *
 * @throws InputError for an invalid URL, and for a URL or form that is already signed.
 */
export function signedRequest(signing: Signing, { form, ...request }: UnsignedForm): SignedForm {
  const client = new OAuth1Client({ ...signing, includeVersion: false })
  const body =
    form === undefined && request.place !== 'body'
      ? {}
      : { body: form ?? '', headers: { 'content-type': 'application/x-www-form-urlencoded' } }
  try {
    const signed = client.sign({ ...request, ...body, exactUrl: true })
    const { method, url, authorization, baseString } = signed
    const signedForm = typeof signed.body === 'string' ? signed.body : undefined
    return { method, url, authorization, form: signedForm, baseString, keyShape: keyShapeOf(signing) }
  } catch (error) {
    if (error instanceof OAuth1ClientError) throw new InputError('url', error.message)
    throw error
  }
}

function keyShapeOf({ signatureMethod, token }: Signing): string {
  if (signatureMethod.startsWith('RSA')) return 'the client’s RSA key'
  const key = token === undefined ? 'client secret &' : 'client secret & token secret'
  return signatureMethod === 'PLAINTEXT'
    ? `${key} (this is the signature; the base string does not count)`
    : key
}
