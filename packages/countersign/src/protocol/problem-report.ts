import type { OAuth1Error, OAuth1ErrorCode } from '../errors.ts'
import { percentEncode, wellFormed } from './encoding.ts'

/**
 * A fault in the terms of the OAuth Problem Reporting extension, as pairs for a form, a challenge or JSON. The
 * extension allows only its own terms: if none fits, `oauth_problem` is left out.
 *
 * @example
 * ```ts
 * problemReport(new OAuth1Error('invalid_signature', 'The signature does not match.'))
 * // { oauth_problem: 'signature_invalid', oauth_problem_advice: 'The signature does not match.' }
 * ```
 */
export function problemReport(error: OAuth1Error): Readonly<Record<string, string>> {
  const { code, description, advice, problem = {} } = error
  const { name = nameOf[code], absent, rejected, timestamps, versions } = problem
  return {
    ...(name && { oauth_problem: name }),
    oauth_problem_advice: wellFormed(advice ?? description),
    ...(absent && { oauth_parameters_absent: absent.map(percentEncode).join('&') }),
    ...(rejected && { oauth_parameters_rejected: formOf(rejected) }),
    ...(timestamps && { oauth_acceptable_timestamps: timestamps.join('-') }),
    ...(versions && { oauth_acceptable_versions: versions.join('-') }),
  }
}

/** Both are text from the client, and go into a header. */
function formOf(parameters: Readonly<Record<string, string>>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${cut(name)}=${cut(value)}`)
    .join('&')
}

function cut(text: string): string {
  return percentEncode(wellFormed(text.slice(0, 200)))
}

const nameOf: Readonly<Partial<Record<OAuth1ErrorCode, string>>> = {
  invalid_request: 'parameter_rejected',
  missing_required_parameter: 'parameter_absent',
  duplicated_oauth_protocol_parameter: 'parameter_rejected',
  unsupported_parameter: 'parameter_rejected',
  unsupported_signature_method: 'signature_method_rejected',
  missing_credentials: 'parameter_absent',
  invalid_client: 'consumer_key_unknown',
  invalid_token: 'token_rejected',
  invalid_signature: 'signature_invalid',
  invalid_nonce: 'nonce_used',
  access_denied: 'user_refused',
  insufficient_scope: 'additional_authorization_required',
  too_many_requests: 'consumer_key_refused',
}
