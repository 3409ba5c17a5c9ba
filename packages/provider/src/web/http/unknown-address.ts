import type { Context, MiddlewareHandler } from 'hono'
import { matchedRoutes } from 'hono/route'
import { clientAnswer, isApiClient } from './client-answer.ts'

/** How other providers, and the community's first version of the protocol, call our addresses. */
const addresses = [
  { line: 'POST /oauth/initiate', names: ['initiate', 'requesttoken', 'temporarycredentials'] },
  { line: 'POST /oauth/token', names: ['token', 'accesstoken', 'tokencredentials'] },
  {
    line: 'GET /oauth/authorize?oauth_token=…',
    names: ['authorize', 'authorise', 'authorization', 'authenticate'],
  },
  { line: 'GET /api/me', names: ['me', 'user', 'whoami', 'verifycredentials'] },
  { line: '/api/echo', names: ['echo'] },
] as const

/**
 * Answers a program at an address that does not exist in a form that it can read, with the address that it may have
 * meant. A redirect would not help: the signature covers the address.
 *
 * @param origin - The public one, where it is set.
 */
export function unknownAddresses(origin: string | undefined): MiddlewareHandler {
  return async (c, next) => {
    // Middleware matches all verbs; only pages are registered for one.
    const exists = matchedRoutes(c).some(({ method }) => method !== 'ALL')
    if (exists || !(isApiClient(c) || isForClients(c))) return next()
    c.header('access-control-allow-origin', '*')
    return clientAnswer(c, {
      status: 404,
      code: 'not_found',
      description: `There is nothing at this address. ${directions(c, origin ?? new URL(c.req.url).origin)}`,
    })
  }
}

/** Where only programs have business; but a person may follow a bad link to a page below `/oauth`. */
function isForClients(c: Context): boolean {
  const isRead = c.req.method === 'GET' || c.req.method === 'HEAD'
  return (isRead ? /^\/+api(?:\/|$)/i : /^\/+(?:oauth|api)(?:\/|$)/i).test(c.req.path)
}

function directions(c: Context, base: string): string {
  const last = c.req.path.split('/').findLast(Boolean) ?? ''
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
