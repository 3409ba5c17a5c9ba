import type { Route } from '@countersign/provider/gateway'
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
    const { checkGateway, defaultRoute, gatewaySettingsFromEnv } = await loadGateway()
    const { heldBy, routeRows } = await import('../gateway-greeting.ts')
    const { routes, credentials } = await checkGateway(gatewaySettingsFromEnv(gatewayEnvironment(given)))
    const rows = routeRows([...routes, { ...defaultRoute, pattern: 'everything else' }])
    const lacksTokens = credentials?.tokens === 0
    const notes = [
      ...looserMethods(routes),
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

/** Paths whose other methods need no scope, which is rarely intended. */
function looserMethods(routes: readonly Route[]): string[] {
  const patterns = new Set(
    routes.flatMap(({ pattern, access }) => ('scope' in access && access.scope ? [pattern] : [])),
  )
  return [...patterns].flatMap((pattern) => {
    const own = routes.filter((route) => route.pattern === pattern)
    if (own.some(({ methods }) => methods === undefined)) return []
    const named = own.flatMap(({ methods = [] }) => methods).join(', ')
    return [
      `${pattern}: other methods than ${named} need no scope. End with a route for it that names no methods.`,
    ]
  })
}
