/** Names of our endpoints at other providers, and in the community's first version of the protocol. */
const addresses = [
  { line: 'POST /oauth/initiate', names: ['initiate', 'requesttoken', 'temporarycredentials'] },
  { line: 'POST /oauth/token', names: ['token', 'accesstoken', 'tokencredentials'] },
  { line: 'POST /oauth/revoke', names: ['revoke', 'revoketoken', 'invalidate', 'invalidatetoken'] },
  { line: 'POST /oauth/renew', names: ['renew', 'renewtoken', 'refresh', 'refreshtoken'] },
  {
    line: 'GET /oauth/authorize?oauth_token=…',
    names: ['authorize', 'authorise', 'authorization', 'authenticate'],
  },
  { line: 'GET /api/me', names: ['me', 'user', 'whoami', 'verifycredentials'] },
  { line: 'GET /api/authorizations', names: ['authorizations'] },
  { line: '/api/echo', names: ['echo'] },
] as const

/**
 * The URL that a program should have used. A redirect would not help: the signature covers the URL.
 *
 * @param base - The origin to prepend to each path.
 */
export function directions(path: string, base: string): string {
  const last = path.split('/').findLast(Boolean) ?? ''
  const word = last
    .toLowerCase()
    .replace(/[^a-z]/g, '')
    .replace(/^get(?=.)/, '')
  const meant = addresses.find(({ names }) => (names as readonly string[]).includes(word))
  const whole = (line: string) => line.replace('/', `${base}/`)
  return meant
    ? `Use ${whole(meant.line)}, spelled exactly so: a signature covers the address.`
    : `The addresses are ${addresses.map(({ line }) => whole(line)).join(', ')}.`
}

/** The error for a path that does not exist. */
export function unknownAddress(path: string, base: string) {
  const description = `There is nothing at this address. ${directions(path, base)}`
  return { status: 404, code: 'not_found', description } as const
}
