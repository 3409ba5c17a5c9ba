import { constantTimeEqual } from '../crypto/compare.ts'
import { type HashName, hashBase64 } from '../crypto/digest.ts'
import { ConfigurationError, OAuth1Error } from '../errors.ts'
import type { HttpRequest } from '../protocol/http.ts'
import type { Claim } from './authenticate.ts'
import type { Policy } from './policy.ts'

/**
 * What the OAuth Request Body Hash extension requires before the body is read: no hash with a form that has fields,
 * which the signature covers, and a hash with any other protected request if the policy requires one. The token
 * endpoints read only forms.
 *
 * @throws OAuth1Error
 */
export function checkBodyHashForm({ request, endpoint }: Claim, { bodyHash }: Policy): void {
  if (bodyHash === 'ignored') return
  if (request.hasForm) {
    // Ruby's gem oauth sends the hash of an empty body with an empty POST that claims to be a form.
    if (request.bodyHash === undefined || (request.hasEmptyForm && endpoint === 'resource')) return
    throw new OAuth1Error(
      'unsupported_parameter',
      'oauth_body_hash must not stand beside a form body, which the signature covers by itself.',
      { problem: { rejected: { oauth_body_hash: request.bodyHash } } },
    )
  }
  if (request.bodyHash !== undefined || endpoint !== 'resource') return
  throw new OAuth1Error(
    'missing_required_parameter',
    'oauth_body_hash is missing: this resource takes requests with a hash of the body, even of an empty one.',
    { problem: { absent: ['oauth_body_hash'] } },
  )
}

/**
 * Compares `oauth_body_hash` with the bytes of the body, after the signature that covers it was verified, so that no
 * stranger can make the server read a body. A request that defers the comparison receives it instead.
 *
 * @param refused - Reports a failed deferred comparison, and throws the error to respond with; without it, none is
 *   deferred.
 * @throws OAuth1Error `invalid_signature` if they differ, 413 or 408 if the body exceeds a limit; ConfigurationError if
 *   the body cannot be read.
 */
export async function compareBodyHash(
  { request, method }: Claim,
  http: HttpRequest,
  { bodyHash: rule, tolerances }: Policy,
  refused?: (error: unknown) => Promise<never>,
): Promise<void> {
  const { bodyHash } = request
  if (bodyHash === undefined || rule === 'ignored') return
  const name = method.bodyHash ?? 'sha1'
  const hashNames: readonly HashName[] = tolerances.includes('sha1-body-hash') ? [name, 'sha1'] : [name]
  const compare = async (digests: readonly string[]) => {
    if (digests.some((digest) => constantTimeEqual(digest, bodyHash))) return
    throw new OAuth1Error(
      'invalid_signature',
      `oauth_body_hash does not match the body that arrived: it must be the ${wordOf[name]} hash of its octets, in base64.`,
    )
  }
  if (refused && http.deferBodyHash)
    return http.deferBodyHash({ hashNames, compare: (digests) => compare(digests).catch(refused) })
  // A GET handler reads no body, and a request without `bytes` has none. An empty form has already been read.
  const isRead = request.hasEmptyForm || (!http.bytes && /^(?:GET|HEAD)$/i.test(http.method))
  if (!http.bytes && !isRead) {
    throw new ConfigurationError(
      "A client sent oauth_body_hash, and the request has no bytes(). Give it one, use an adapter's httpRequest, or set the policy bodyHash: 'ignored'.",
    )
  }
  const octets = http.bytes && !isRead ? await http.bytes() : new Uint8Array()
  // A custom HttpRequest: an unreadable body must not pass for an empty one.
  if (!ArrayBuffer.isView(octets)) throw new ConfigurationError('bytes() must return a Uint8Array.')
  await compare(hashNames.map((hashName) => hashBase64(hashName, octets)))
}

const wordOf = { sha1: 'SHA-1', sha256: 'SHA-256', sha512: 'SHA-512' } as const
