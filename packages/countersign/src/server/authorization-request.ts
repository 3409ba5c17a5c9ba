import { OAuth1Error } from '../errors.ts'
import { splitUrl } from '../protocol/base-string.ts'
import { percentDecode } from '../protocol/encoding.ts'
import type { HttpRequest } from '../protocol/http.ts'
import type { Limits } from '../protocol/limits.ts'
import { parseForm } from '../protocol/parameters.ts'

/** The one `oauth_token` of an authorization request: in the query, or in the consent form. */
export function authorizationToken(http: HttpRequest, { maxParameters }: Limits): string {
  const texts = [splitUrl(http.url).query, http.body ?? '']
  const parameters = texts.flatMap((text) => parseForm(text, maxParameters))
  const tokens = new Set(
    parameters.filter(({ name }) => name === 'oauth_token').map(({ value }) => percentDecode(value)),
  )
  const [token] = tokens
  if (!token)
    throw new OAuth1Error(
      'missing_required_parameter',
      'oauth_token is missing from the authorization request.',
    )
  if (tokens.size > 1)
    throw new OAuth1Error(
      'duplicated_oauth_protocol_parameter',
      'The authorization request names two different oauth_tokens.',
    )
  return token
}
