import { OAuth1ClientError } from './client-error.ts'
import { httpUrl } from './options.ts'
import type { OutgoingRequest } from './outgoing.ts'

/** As many as the Fetch standard follows. */
export const maxRedirects = 20

const redirects: readonly number[] = [301, 302, 303, 307, 308]
/** Headers that describe a body, dropped together with it (Fetch, HTTP-redirect fetch). */
const bodyHeaders = [
  'content-encoding',
  'content-language',
  'content-length',
  'content-location',
  'content-type',
]
/** Headers that are meant for one origin only. */
const credentialHeaders = ['authorization', 'cookie', 'proxy-authorization']

/**
 * The request that a redirect asks for, as in the Fetch standard; undefined if the response is not a redirect.
 *
 * @param signedUrl - The URL as it was sent; undefined if it was not signed. A server that repeats the query in its
 *   `Location` would pass the protocol parameters on, which are valid for one request only.
 * @throws OAuth1ClientError `body_not_repeatable`
 */
export function redirectedRequest(
  request: OutgoingRequest,
  response: Response,
  signedUrl: string | undefined,
): OutgoingRequest | undefined {
  const location = response.headers.get('location')
  if (!redirects.includes(response.status) || location === null) return undefined
  const url = URL.canParse(location, request.url) ? httpUrl(new URL(location, request.url)) : undefined
  // A network error, as in fetch, because there is no response to return.
  if (url === undefined)
    throw new TypeError('The server redirects to an address that is not an http or https URL.')
  if (signedUrl !== undefined) url.search = withoutParameters(url.search, protocolNames(signedUrl))

  const headers = new Headers(request.headers)
  if (!isSameOrigin(url.href, request.url)) for (const name of credentialHeaders) headers.delete(name)
  const { status } = response
  const becomesGet =
    (status === 303 && !/^(?:GET|HEAD)$/i.test(request.method)) ||
    ((status === 301 || status === 302) && /^POST$/i.test(request.method))
  if (becomesGet) {
    for (const name of bodyHeaders) headers.delete(name)
    const body = { content: undefined, untouched: undefined, repeatable: true }
    return { ...request, method: 'GET', url: url.href, headers, ...body }
  }
  if (!request.repeatable)
    throw new OAuth1ClientError(
      'body_not_repeatable',
      `The server redirects with ${status}, and the body is a stream, which cannot be sent a second time. Send text, octets or a Blob, or ask the address to which it redirects.`,
    )
  return { ...request, url: url.href, headers }
}

/** Whether scheme, host and port are the same: http after https is another origin. */
export function isSameOrigin(a: string, b: string): boolean {
  return new URL(a).origin === new URL(b).origin
}

/** The protocol parameters in the query, which a request to be signed must not contain. */
function protocolNames(url: string): string[] {
  return [...new URL(url).searchParams.keys()].filter((name) => name.startsWith('oauth_'))
}

function withoutParameters(search: string, names: readonly string[]): string {
  if (names.length === 0) return search
  return search
    .slice(1)
    .split('&')
    .filter((pair) => !names.includes(pair.split('=', 1)[0] as string))
    .join('&')
}
