import { type ProviderSettings, shownDatabase } from '@countersign/provider'
import type { Access, CredentialCounts, Gateway, Route } from '@countersign/provider/gateway'
import { count } from './confirmation.ts'
import { table } from './output.ts'

/** The output at the start of a gateway: its address, and which requests it lets through. */
export function gatewayGreeting(
  settings: ProviderSettings,
  { address, adminAddress, routes, credentials }: Omit<Gateway, 'services' | 'close'>,
): string {
  const { origin, gateway, trustedProxies } = settings
  const isTrusting = trustedProxies.length > 0
  const lines = [
    gateway.upstream === undefined
      ? `The gateway waits for proxies that ask at ${address}`
      : `The gateway runs at ${origin ?? address}${origin ? ` (listening on ${address})` : ''}`,
    '',
    ...(gateway.upstream === undefined ? [] : [`  Upstream  ${gateway.upstream}`]),
    ...sourceLines(settings, credentials),
    `  Admin     ${adminAddress}/metrics, /healthz, /readyz${isTrusting ? ', /verify' : ''}`,
    ...(isTrusting ? [`  Proxies   ${trustedProxies.join(', ')}`] : []),
    `  Keys      ${adminAddress}/.well-known/jwks.json`,
    '',
    ...table(routeRows([...routes, { pattern: 'everything else', access: { kind: 'signed' } }])).map(
      (line) => `  ${line}`,
    ),
  ]
  return `${lines.join('\n')}\n`
}

/** Where clients and tokens come from, and where nonces are kept. */
function sourceLines(
  { database, redisUrl, gateway }: ProviderSettings,
  credentials: CredentialCounts | undefined,
): string[] {
  const { credentialsFiles } = gateway
  if (credentialsFiles === undefined || credentials === undefined)
    return [`  Data      ${shownDatabase(database)}`]
  const nonces = redisUrl === undefined ? shownDatabase(database) : `Redis at ${new URL(redisUrl).host}`
  return [`  Clients   ${credentialsFiles.join(', ')} (${heldBy(credentials)})`, `  Nonces    ${nonces}`]
}

/** The contents of files: `2 clients and 1 token`. */
export function heldBy({ clients, tokens }: CredentialCounts): string {
  return `${count(clients, 'client')} and ${count(tokens, 'token')}`
}

/** One row for each path, with its methods and what they need. */
export function routeRows(routes: readonly Route[]): string[][] {
  return routes.map(({ pattern, methods, access }) => [
    pattern,
    methods?.join(' ') ?? 'all',
    neededBy(access),
  ])
}

function neededBy(access: Access): string {
  if (access.kind === 'public') return 'nothing (public)'
  if (access.kind === 'two-legged') return 'the signature of a client alone'
  const token = "a signature with a user's token"
  return access.scope === undefined ? token : `${token} for ${access.scope}`
}
