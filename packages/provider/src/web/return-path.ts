/** The only places that signing in leads to: an address from outside is never followed (open redirect). */
const places = [
  /^\/oauth\/authorize\?oauth_token=[A-Za-z0-9._~%-]{1,512}$/,
  /^\/clients(?:\/new)?$/,
  /^\/authorizations$/,
]

/** The path to go on to after signing in; the start page for anything unknown. */
export function returnPath(wanted: string | undefined): string {
  return wanted !== undefined && places.some((place) => place.test(wanted)) ? wanted : '/'
}
