/**
 * A gateway in front of an API in any language: it checks signatures with the clients and tokens of a provider or of
 * files, and tells the API in headers who signed a request.
 *
 * @example
 * ```ts
 * import { createGateway } from '@countersign/provider/gateway'
 *
 * const gateway = await createGateway({ gateway: { upstream: 'http://127.0.0.1:9000' } })
 * ```
 *
 * @module
 */

export { gatewaySettingsFromEnv } from '../settings/environment.ts'
export type { CredentialCounts } from './credential-set.ts'
export { createGateway, type Gateway } from './gateway.ts'
export { type Access, defaultRoute, type Route, routeOfPattern, verbs } from './routes.ts'
export { readRoutes } from './routes-file.ts'
export { type CheckedGateway, checkGateway } from './start-check.ts'
