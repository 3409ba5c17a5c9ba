import type { Access, Route } from '@countersign/provider/gateway'
import { type Command, configOption, jsonOption } from '../command.ts'
import { print, table } from '../output.ts'
import { loadGateway } from '../provider.ts'
import { credentialsOption, gatewayEnvironment, routesOption, upstreamOption } from './gateway.ts'

export const gatewayCheck: Command = {
  name: 'gateway check',
  summary: 'Show which requests a gateway would let through, and every mistake',
  options: [upstreamOption, routesOption, credentialsOption, configOption, jsonOption],
  notes: `The first route that fits a request counts. Files of clients and tokens are read and counted. The exit status is 1 if
the gateway would not start.`,
  examples: [
    'gateway check --upstream http://127.0.0.1:9000 --routes routes.json',
    'gateway check --upstream http://127.0.0.1:9000 --credentials clients.csv,tokens.csv',
    'gateway check --config /etc/countersign.conf',
  ],
  async run(given) {
    const gateway = await loadGateway()
    const { checkGateway, defaultRoute, gatewaySettingsFromEnv } = gateway
    const { heldBy, routeRows } = await import('../gateway-greeting.ts')
    const { routes, credentials } = await checkGateway(gatewaySettingsFromEnv(gatewayEnvironment(given)))
    const rows = routeRows([...routes, { ...defaultRoute, pattern: 'everything else' }])
    const lacksTokens = credentials?.tokens === 0
    const notes = [
      ...looserMethods(routes, gateway),
      ...(lacksTokens
        ? ['The files hold no token: only public and two-legged routes let a request through.']
        : []),
    ]
    print(given, { routes: [...routes, defaultRoute], credentials, notes }, [
      ...table([['PATH', 'METHODS', 'NEEDS'], ...rows]),
      ...(credentials === undefined ? [] : ['', `The files hold ${heldBy(credentials)}.`]),
      ...(notes.length === 0 ? [] : ['', ...notes]),
    ])
  },
}

/** Paths where methods that no route of theirs names need less than a scope, which is rarely intended. */
function looserMethods(
  routes: readonly Route[],
  { routeOfPattern, verbs }: Pick<Awaited<ReturnType<typeof loadGateway>>, 'routeOfPattern' | 'verbs'>,
): string[] {
  const patterns = new Set(
    routes.flatMap(({ pattern, access }) => ('scope' in access && access.scope ? [pattern] : [])),
  )
  return [...patterns].flatMap((pattern) => {
    const own = routes.filter((route) => route.pattern === pattern)
    if (own.some(({ methods }) => methods === undefined)) return []
    const others = verbs.filter((verb) => own.every(({ methods }) => !methods?.includes(verb)))
    const found = others.map((verb) => routeOfPattern(routes, verb, pattern))
    return [...new Set(found)].flatMap((route) => {
      const lack = lackOf(route.access)
      if (lack === undefined) return []
      const methods = others.filter((_, at) => found[at] === route)
      const need = `${methods.length === 1 ? 'needs' : 'need'} no ${lack}`
      const [by, advice] = routes.includes(route)
        ? [
            `, because of the route ${route.pattern}`,
            `Put a route for ${pattern} that names no methods before it.`,
          ]
        : ['', 'End with a route for it that names no methods.']
      return [`${pattern}: ${methods.join(', ')} ${need}${by}. ${advice}`]
    })
  })
}

function lackOf(access: Access): string | undefined {
  if (access.kind === 'public') return 'signature'
  if (access.kind === 'two-legged') return 'token'
  return access.scope === undefined ? 'scope' : undefined
}
