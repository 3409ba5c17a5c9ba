import { readFileSync } from 'node:fs'
import { ConfigurationError } from 'countersign'
import { z } from 'zod'
import { jsonFault } from '../import/json-fault.ts'
import { faultLines, objectFault } from '../settings/file-faults.ts'
import { scopeName } from '../settings/scopes.ts'
import { reasonOf } from '../settings/settings-file.ts'
import { GatewayRefusal } from './gateway-refusal.ts'
import { octetsOf, readPath } from './request-path.ts'
import { type Access, type Route, verbs } from './routes.ts'

const kinds = ['public', 'signed', 'two-legged'] as const

const example = '{ "path": "/status", "access": "public" }'

const route = z
  .strictObject(
    {
      path: z.string('must be a path, such as "/photos/*"').superRefine((path, context) => {
        const fault = faultOf(path)
        if (fault !== undefined) context.addIssue(fault)
      }),
      methods: z
        .array(
          z.enum(verbs, `must be one of ${verbs.join(', ')}, in capitals; GET includes HEAD`),
          'must be a list, such as ["GET"]',
        )
        .min(1, 'must name a method; leave it out for all')
        .optional(),
      access: z.enum(kinds, `must be one of ${kinds.join(', ')}`).default('signed'),
      scope: z
        .string('must be scopes separated by spaces, such as "photos:read"')
        .refine(
          (scope) => scope.split(' ').every((name) => scopeName.test(name)),
          'must be scopes separated by spaces, such as "photos:read"',
        )
        .optional(),
    },
    {
      error: objectFault(
        '{ "path": "/photos/**", "methods": ["GET"], "access": "signed", "scope": "photos:read" }',
      ),
    },
  )
  .refine(({ access, scope }) => scope === undefined || access === 'signed', {
    path: ['scope'],
    error: 'is only allowed with "access": "signed": only the token of a user has scopes',
  })

const file = z.strictObject(
  { routes: z.array(route, `must be a list such as [${example}]`) },
  { error: objectFault(`{ "routes": [${example}] }`) },
)

/**
 * Reads the file with the requirements of each route.
 *
 * @throws ConfigurationError with one line for each fault.
 * @example
 * ```json
 * { "routes": [
 *   { "path": "/status", "access": "public" },
 *   { "path": "/photos/**", "methods": ["GET"], "scope": "photos:read" },
 *   { "path": "/reports/*", "access": "two-legged" }
 * ] }
 * ```
 */
export function readRoutes(name: string): readonly Route[] {
  const { success, data, error } = file.safeParse(parsed(name))
  if (!success) throw new ConfigurationError(faultLines(name, error).join('\n'))
  const routes = data.routes.map(({ path, methods, access, scope }): Route => {
    const needed: Access = access === 'signed' ? { kind: access, scope } : { kind: access }
    return { pattern: path, methods, access: needed }
  })
  const hidden = routes.findIndex((later, at) => routes.slice(0, at).some((each) => hides(each, later)))
  if (hidden < 0) return routes
  throw new ConfigurationError(
    `${name}: routes[${hidden}] is never reached: an earlier one matches ${routes[hidden]?.pattern}. Put it before that one, or remove it.`,
  )
}

/** Whether the earlier route matches every request of the later one. */
function hides(earlier: Route, later: Route): boolean {
  const isWider =
    earlier.pattern === later.pattern ||
    (earlier.pattern.endsWith('/**') && later.pattern.startsWith(earlier.pattern.slice(0, -2)))
  if (!isWider || earlier.methods === undefined) return isWider
  return later.methods?.every((method) => earlier.methods?.includes(method)) ?? false
}

function parsed(name: string): unknown {
  let text = ''
  try {
    text = readFileSync(name, 'utf8')
    return JSON.parse(text)
  } catch (error) {
    const reason = error instanceof SyntaxError ? `is not JSON: look at ${jsonFault(text)}` : reasonOf(error)
    throw new ConfigurationError(`GATEWAY_ROUTES_FILE: the file ${name} ${reason}.`)
  }
}

/** Why a pattern cannot match the path of any request; undefined if it can. */
function faultOf(pattern: string): string | undefined {
  if (!pattern.startsWith('/')) return 'must begin with a slash, such as "/photos/*"'
  if (/[?#;%]/.test(pattern)) return 'must be a plain path, without a query, parameters or escapes'
  if (pattern.split('/').some((part, at, all) => badStar(part, at === all.length - 1)))
    return 'may use * for a whole segment, and ** at its end for the rest, such as "/users/*/photos/**"'
  try {
    readPath(octetsOf(pattern))
    return undefined
  } catch (error) {
    if (error instanceof GatewayRefusal) return `can never match. ${error.message}`
    throw error
  }
}

function badStar(segment: string, isLast: boolean): boolean {
  return segment.includes('*') && segment !== '*' && !(segment === '**' && isLast)
}
