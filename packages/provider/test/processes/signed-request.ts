import { type SignedRequest, signed, type Unsigned } from '../../../../test/support/signer.ts'

export type { SignedRequest }

/** Where clients and people reach all processes of one provider. */
export const publicUrl = 'https://oauth.example.com'

export interface Keys {
  readonly key: string
  readonly secret: string
}

/** A request as a client signs it for the public address. */
export function signedRequest(
  method: string,
  path: string,
  client: Keys,
  token?: Keys,
  more: Partial<Unsigned> = {},
): SignedRequest {
  return signed({
    method,
    url: publicUrl + path,
    client: { clientId: client.key, clientSecret: client.secret },
    token: token && { oauthToken: token.key, oauthTokenSecret: token.secret },
    ...more,
  })
}

/** Sends it to one of the processes, as the proxy before them would; the same request can be sent again. */
export function deliver(address: string, { method, url, headers, body }: SignedRequest): Promise<Response> {
  return fetch(url.replace(publicUrl, address), {
    method,
    headers: headers as Record<string, string>,
    ...(body !== undefined && { body }),
    // A provider that hangs must fail the test, and not outlast it.
    signal: AbortSignal.timeout(20_000),
  })
}
