import { badRequest } from './gateway-refusal.ts'
import { octetsOf, type RequestPath } from './request-path.ts'

/** What a request needs in order to pass. */
export type Access =
  /** Nothing: it passes unchecked and without an identity. */
  | { readonly kind: 'public' }
  /** A signature with a user's token, which may need a scope. */
  | { readonly kind: 'signed'; readonly scope?: string | undefined }
  /** Only the client's signature. */
  | { readonly kind: 'two-legged' }

/** The requirements of some requests. */
export interface Route {
  /** A path such as `/photos/*`, which names the route in logs and metrics. */
  readonly pattern: string
  /** Undefined for all. */
  readonly methods?: readonly string[] | undefined
  readonly access: Access
}

/** The methods that a route may name. */
export const verbs = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

/** The requirement of requests without a route. */
export const defaultRoute: Route = { pattern: 'default', access: { kind: 'signed' } }

/** Returns the route of a request. */
export type RouteFinder = (method: string, path: RequestPath) => Route

/**
 * Finds the first route whose path and methods match. A request whose path can be read in several ways must need the
 * same in each of them: upstreams that ignore case, a last slash or path parameters would see a path other than the
 * checked one.
 */
export function routeFinder(routes: readonly Route[]): RouteFinder {
  const compiled = routes.map((route) => ({
    route,
    exact: patternOf(route.pattern, ''),
    folded: patternOf(route.pattern, 'i'),
  }))
  const first = (method: string, path: string, form: 'exact' | 'folded') =>
    compiled.find(({ route, [form]: pattern }) => takes(route, method) && pattern.test(path))?.route ??
    defaultRoute
  return (method, { path, otherReadings }) => {
    const route = first(method, path, 'exact')
    const needed = JSON.stringify(route.access)
    for (const reading of [path, ...otherReadings]) {
      for (const form of ['exact', 'folded'] as const) {
        if (JSON.stringify(first(method, reading, form).access) !== needed)
          throw badRequest('The path can be read in more than one way; write it as the API documents it.')
      }
    }
    return route
  }
}

/** The first route for a method on the paths of a pattern, apart from those paths that a narrower route takes. */
export function routeOfPattern(routes: readonly Route[], method: string, pattern: string): Route {
  // A star in a path matches only the star of a pattern.
  const path = octetsOf(pattern)
  return (
    routes.find((route) => takes(route, method) && patternOf(route.pattern, '').test(path)) ?? defaultRoute
  )
}

/** HEAD is a GET without the content (RFC 9110 §9.3.2), and needs the same. */
function takes({ methods }: Route, method: string): boolean {
  return methods === undefined || methods.includes(method === 'HEAD' ? 'GET' : method)
}

/** `*` matches one segment, and `**` at the end matches everything that follows, even nothing. */
function patternOf(pattern: string, flags: string): RegExp {
  const source = octetsOf(pattern)
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\/\*\*$/, '(?:/§)?')
    .replace(/\*/g, '[^/]+')
    .replace('§', '.*')
  return new RegExp(`^${source}$`, `s${flags}`)
}
