import type { Context, Hono, MiddlewareHandler } from 'hono'
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
export function unknownAddresses(app: Hono, origin: string | undefined): MiddlewareHandler {
  // Middleware matches all verbs; only pages are registered for one.
  const exists = (method: string, path: string) =>
    app.router.match(method, path)[0].some(([[, route]]) => route.method !== 'ALL')
  return async (c, next) => {
    const { method, path } = c.req
    if (exists(method, path)) return next()
    const isPage = exists('GET', path) || exists('POST', path)
    if (!(isApiClient(c) || (isForClients(c) && !isPage))) return next()
    const whatToDo = directions(path, origin ?? new URL(c.req.url).origin)
    if (isPage) {
      c.header('allow', 'GET, HEAD, POST')
      const description = `This is a page for people. ${whatToDo}`
      return clientAnswer(c, { status: 405, code: 'method_not_allowed', description })
    }
    c.header('access-control-allow-origin', '*')
    const description = `There is nothing at this address. ${whatToDo}`
    return clientAnswer(c, { status: 404, code: 'not_found', description })
  }
}

/** Where only programs have business; but a person may follow a bad link to a page below `/oauth`. */
function isForClients(c: Context): boolean {
  const isRead = c.req.method === 'GET' || c.req.method === 'HEAD'
  return (isRead ? /^\/+api(?:\/|$)/i : /^\/+(?:oauth|api)(?:\/|$)/i).test(c.req.path)
}

function directions(path: string, base: string): string {
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
