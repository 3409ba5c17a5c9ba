import { constantTimeEqual } from '../crypto/compare.ts'
import { type HashName, hashBase64 } from '../crypto/digest.ts'
import { ConfigurationError, OAuth1Error } from '../errors.ts'
import type { HttpRequest } from '../protocol/http.ts'
import type { Claim } from './authenticate.ts'
import type { Policy } from './policy.ts'

/**
 * What the OAuth Request Body Hash extension asks of a request before its body is read: none on a form with fields, which
 * are signed themselves, and one on any other protected request where the policy requires it. The token endpoints read forms alone.
 *
 * @throws OAuth1Error
 */
export function checkBodyHashForm({ request, endpoint }: Claim, { bodyHash }: Policy): void {
  if (bodyHash === 'ignored') return
  if (request.hasForm) {
    // Ruby's gem oauth sends the hash of nothing with a POST of nothing that says it is a form.
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
 * Compares `oauth_body_hash` with the octets of the body, once the signature that covers it holds: no stranger can have a
 * body read. Where the request defers the comparison, it is given it instead.
 *
 * @param refused - Tells of a deferred comparison that failed, and throws the error to respond with; without it, none is deferred.
 * @throws OAuth1Error `invalid_signature` where they differ, and 413 or 408 where the body is over a limit;
 * ConfigurationError where the body cannot be read.
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
  // A handler of GET reads no body, and where nothing can read one, there is none. An empty form was read already.
  const isRead = request.hasEmptyForm || (!http.bytes && /^(?:GET|HEAD)$/i.test(http.method))
  if (!http.bytes && !isRead) {
    throw new ConfigurationError(
      "A client sent oauth_body_hash, and the request has no bytes(). Give it one, use an adapter's httpRequest, or set the policy bodyHash: 'ignored'.",
    )
  }
  const octets = http.bytes && !isRead ? await http.bytes() : new Uint8Array()
  // An HttpRequest of the application's own: what cannot be read must not pass for an empty body.
  if (!ArrayBuffer.isView(octets)) throw new ConfigurationError('bytes() must return a Uint8Array.')
  await compare(hashNames.map((hashName) => hashBase64(hashName, octets)))
}

const wordOf = { sha1: 'SHA-1', sha256: 'SHA-256', sha512: 'SHA-512' } as const
