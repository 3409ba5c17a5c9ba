import { percentEncode } from 'countersign/protocol'

/** The only targets after signing in: an external URL is never followed (open redirect). */
const places = [
  /^\/oauth\/authorize\?oauth_token=[A-Za-z0-9._~%-]{1,4096}$/,
  /^\/clients(?:\/[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,199}(?:\/(?:edit|secret|keys|policy|logo|delete|tokens|requests(?:\/[A-Za-z0-9]{1,64})?))?)?$/,
  /^\/authorizations$/,
  /^\/account(?:\/delete)?$/,
  /^\/explain$/,
  /^\/admin(?:\/(?:users|clients|tokens|audit|invitations)(?:\/[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,199})?)?$/,
  /^\/playground(?:\/[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,199}\/[a-z]{1,10})?$/,
]

/** The path to continue to after signing in; the start page for anything unknown. */
export function returnPath(wanted: string | undefined): string {
  return wanted !== undefined && places.some((place) => place.test(wanted)) ? wanted : '/'
}

/** The URL of a sign-in or sign-up page that remembers where the visitor was going. */
export function withReturn(path: string, returnTo: string): string {
  return returnTo === '/' ? path : `${path}?return=${encodeURIComponent(returnTo)}`
}

/** The page of an access request; the start page for an impossible token. */
export function requestPath(oauthToken: string): string {
  return returnPath(`/oauth/authorize?oauth_token=${percentEncode(oauthToken)}`)
}

/** The `oauth_token` of an access request's page. */
export function requestOf(path: string): string | undefined {
  return new URL(path, 'http://localhost').searchParams.get('oauth_token') ?? undefined
}
