import type { HttpResponse } from 'countersign'

/** The header from which nginx can build the response to its client. */
const refusalHeader = 'x-oauth-refusal'
const maxDescription = 1_000

/**
 * A refusal for nginx, which passes on only the statuses 401 and 403, and no body: so the body is also in a header, in
 * ASCII and short enough for nginx's buffers.
 *
 * @param isOAuth - Whether it has a challenge.
 */
export function nginxRefusal({ status, headers, body }: HttpResponse, isOAuth: boolean): HttpResponse {
  const { error, error_description: description, error_uri } = JSON.parse(body) as Record<string, string>
  // A retired client has proved its identity: another signature would not help.
  const isRetired = error === 'retired' || error === 'brownout'
  const isPassed = status >= 500 || status === 401 || status === 403
  const passed = isRetired ? 403 : isPassed ? status : isOAuth ? 401 : 403
  const short = JSON.stringify({ error, error_description: description?.slice(0, maxDescription), error_uri })
  const ascii = short.replace(
    /[^\x20-\x7e]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return { status: passed, headers: { ...headers, [refusalHeader]: ascii }, body }
}
