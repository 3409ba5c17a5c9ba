import type { WireRequest } from '../http/message.ts'
import { nonce } from '../signing.ts'

/**
 * A request whose signature contains `+` and `/`, which decoders get wrong: with random signatures, a case would pass
 * in one run and fail in another.
 */
export async function withHardSignature(
  sign: (oauth: { readonly oauth_nonce: string }) => WireRequest | Promise<WireRequest>,
): Promise<WireRequest> {
  for (let attempt = 0; ; attempt++) {
    const request = await sign({ oauth_nonce: nonce() })
    if (attempt === maxAttempts || isHard(request)) return request
  }
}

/** One in five HMAC-SHA1 signatures is hard; a method without hard signatures must not hang the case. */
const maxAttempts = 300

function isHard({ url, headers, body }: WireRequest): boolean {
  const text = [url, ...headers.map(([, value]) => value), body].join('&')
  const signature = /oauth_signature="?([^"&]*)/.exec(text)?.[1] ?? ''
  return /\+|%2B/i.test(signature) && /\/|%2F/i.test(signature)
}
