import { createHmac } from 'node:crypto'
import OAuth from 'oauth-1.0a'

interface Keys {
  readonly key: string
  readonly secret: string
}

/** Sends requests signed by oauth-1.0a with HMAC-SHA1, protocol parameters in the header. */
export function signer(site: string, client: Keys, token?: Keys) {
  const oauth = new OAuth({
    consumer: client,
    signature_method: 'HMAC-SHA1',
    hash_function: (text, key) => createHmac('sha1', key).update(text).digest('base64'),
  })
  return (method: string, path: string, protocol: Record<string, string>): Promise<Response> => {
    const request = { method, url: site + path, data: protocol }
    return fetch(request.url, { method, headers: { ...oauth.toHeader(oauth.authorize(request, token)) } })
  }
}
