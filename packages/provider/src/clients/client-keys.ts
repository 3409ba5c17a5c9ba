import { ConfigurationError, importRsaPublicKey } from 'countersign'
import { inputFault } from '../input-fault.ts'
import { randomText } from '../random.ts'

/** A new RSA key in the form SPKI, whatever form it was given in; undefined for none. */
export function checkedRsaPublicKey(given = ''): string | undefined {
  const text = given.trim()
  if (text === '') return undefined
  try {
    const key = importRsaPublicKey(text.startsWith('{') ? JSON.parse(text) : text)
    return key.export({ type: 'spki', format: 'pem' }).toString()
  } catch (error) {
    if (error instanceof SyntaxError) throw inputFault('rsa_public_key', 'jwkNotJson')
    if (error instanceof ConfigurationError)
      throw inputFault('rsa_public_key', 'rsaKey', { reason: error.message })
    throw error
  }
}

/** A new `oauth_consumer_key`, or one that the client already has: it appears unencoded in the URLs of pages. */
export function checkedKey(given = ''): string {
  if (given === '') return randomText(20)
  if (given === 'new' || !/^[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,199}$/.test(given)) {
    throw inputFault('key', 'clientKey')
  }
  return given
}

/** Whether an existing secret of a client or a token is acceptable. */
export function isSecret(given: string): boolean {
  return /^[\x21-\x7e]{8,1000}$/.test(given)
}

/** A new secret, or one that the client already has. */
export function checkedSecret(given = ''): string {
  if (given === '') return randomText(40)
  if (!isSecret(given)) throw inputFault('secret', 'clientSecret')
  return given
}
