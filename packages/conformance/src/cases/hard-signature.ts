import type { WireRequest } from '../http/message.ts'
import { nonce } from '../signing.ts'

/**
 * A request whose signature holds `+` and `/`, which are what decoders get wrong: with the signatures that chance makes, a
 * case would pass at one time and fail at another.
 */
export async function withHardSignature(
  sign: (oauth: { readonly oauth_nonce: string }) => WireRequest | Promise<WireRequest>,
): Promise<WireRequest> {
  for (let attempt = 0; ; attempt++) {
    const request = await sign({ oauth_nonce: nonce() })
    if (attempt === maxAttempts || isHard(request)) return request
  }
}

/** One in five of HMAC-SHA1 is hard; a method whose signatures never are must not hang the case. */
const maxAttempts = 300

function isHard({ url, headers, body }: WireRequest): boolean {
  const text = [url, ...headers.map(([, value]) => value), body].join('&')
  const signature = /oauth_signature="?([^"&]*)/.exec(text)?.[1] ?? ''
  return /\+|%2B/i.test(signature) && /\/|%2F/i.test(signature)
}
