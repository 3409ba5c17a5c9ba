import { createHmac, sign } from 'node:crypto'
import OAuth from 'oauth-1.0a'

export interface Keys {
  readonly key: string
  readonly secret: string
}

type Data = Readonly<Record<string, string | string[]>>

/** Signed beside the URL: names that begin with `oauth_` travel in the header, all others are a form. */
export interface More {
  readonly data?: Data | undefined
  readonly token?: Keys | undefined
}

/** A client that the npm package oauth-1.0a signs for: nothing of ours has a part in the signature. */
export class ThirdParty {
  readonly #oauth: OAuth

  constructor(consumer: Keys, method = 'HMAC-SHA1', privateKey = '') {
    const hash = method.replace(/^.*-SHA/, 'sha')
    this.#oauth = new OAuth({
      consumer,
      signature_method: method,
      hash_function: (text, key) => {
        if (method === 'PLAINTEXT') return key
        return method.startsWith('RSA')
          ? sign(hash, Buffer.from(text), privateKey).toString('base64')
          : createHmac(hash, key).update(text).digest('base64')
      },
    })
  }

  /** What oauth-1.0a makes of a request, as it is: for who measures it. */
  compute(method: string, url: string, { data, token }: More = {}): OAuth.Authorization {
    return this.#oauth.authorize({ url, method, ...(data ? { data: { ...data } } : {}) }, token)
  }

  /** All parameters, signature and `data` included, for who sends them in the query or the body. */
  parameters(method: string, url: string, more: More = {}): Record<string, string | string[]> {
    // The URL's own parameters are among the signed ones too.
    const own = Object.entries(this.compute(method, url, more)).filter(
      ([name]) => name.startsWith('oauth_') || Object.hasOwn(more.data ?? {}, name),
    )
    return Object.fromEntries(own)
  }

  /** The Authorization header of a request. */
  authorization(method: string, url: string, more: More = {}): string {
    return this.#oauth.toHeader(this.compute(method, url, more)).Authorization
  }

  /** Sends what it signs, with the protocol parameters in one of the three places. */
  send(
    method: string,
    url: string,
    { place = 'header', ...more }: More & { readonly place?: 'header' | 'query' | 'body' } = {},
  ): Promise<Response> {
    if (place === 'query') {
      const query = formOf(this.parameters(method, url, more))
      return fetch(`${url}${url.includes('?') ? '&' : '?'}${query}`, { method })
    }
    if (place === 'body') return fetch(url, { method, body: formOf(this.parameters(method, url, more)) })
    const form = Object.entries(more.data ?? {}).filter(([name]) => !name.startsWith('oauth_'))
    return fetch(url, {
      method,
      headers: { authorization: this.authorization(method, url, more) },
      ...(form.length > 0 ? { body: formOf(Object.fromEntries(form)) } : {}),
    })
  }
}

/** A form in which a repeated name has a list. */
export function formOf(data: Data): URLSearchParams {
  return new URLSearchParams(
    Object.entries(data).flatMap(([name, value]) =>
      [value].flat().map((item): [string, string] => [name, item]),
    ),
  )
}

/** The credential in a token response. */
export async function keysFrom(response: Response): Promise<Keys> {
  const text = await response.text()
  const fields = new URLSearchParams(text)
  const [key, secret] = [fields.get('oauth_token'), fields.get('oauth_token_secret')]
  if (key === null || secret === null) throw new Error(`${response.status}: ${text}`)
  return { key, secret }
}
