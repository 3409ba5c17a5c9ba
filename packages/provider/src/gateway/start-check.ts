import { ConfigurationError } from 'countersign'
import { nowSeconds } from '../random.ts'
import type { ProviderSettings } from '../settings/settings.ts'
import { type AssertionKeys, keyOfFile, RotatingKeys } from './assertion-keys.ts'
import { type CredentialCounts, checkCredentials } from './credential-set.ts'
import type { Route } from './routes.ts'
import { readRoutes } from './routes-file.ts'

/** A gateway's checked settings. */
export interface CheckedGateway {
  readonly routes: readonly Route[]
  /** How many clients and tokens the files hold; undefined if they come from a provider. */
  readonly credentials: CredentialCounts | undefined
}

/**
 * Checks everything that a gateway reads at its start, without opening a database or a port.
 *
 * @throws ConfigurationError with every fault, each on its own line.
 */
export async function checkGateway(settings: ProviderSettings): Promise<CheckedGateway> {
  const { credentialsFiles } = settings.gateway
  const checks = [
    (async () => routesOf(settings))(),
    (async () => credentialsFiles && checkCredentials(credentialsFiles))(),
    (async () => checkUse(settings))(),
    (async () => keysOf(settings))(),
  ] as const
  const faults = (await Promise.allSettled(checks)).flatMap((check) =>
    check.status === 'rejected' ? [check.reason] : [],
  )
  const other = faults.find((fault) => !(fault instanceof ConfigurationError))
  if (other !== undefined) throw other
  if (faults.length > 0) throw new ConfigurationError(faults.map(({ message }) => message).join('\n'))
  return { routes: await checks[0], credentials: await checks[1] }
}

/** @throws ConfigurationError without an upstream and without proxies that may ask. */
export function checkUse({ gateway, trustedProxies }: ProviderSettings): void {
  if (gateway.upstream !== undefined || trustedProxies.length > 0) return
  throw new ConfigurationError(
    'GATEWAY_UPSTREAM: must be set to the address of the API, such as http://127.0.0.1:9000; or set TRUSTED_PROXIES for proxies that ask at /verify.',
  )
}

/** @throws ConfigurationError for a file with faults. */
export function routesOf({ gateway: { routesFile } }: ProviderSettings): readonly Route[] {
  return routesFile === undefined ? [] : readRoutes(routesFile)
}

/** @throws ConfigurationError for a file without a key. */
export async function keysOf({ gateway, options }: ProviderSettings): Promise<AssertionKeys> {
  const { assertionKeyFile: file, assertionAlgorithm } = gateway
  return file === undefined
    ? new RotatingKeys(assertionAlgorithm, options.now ?? nowSeconds)
    : keyOfFile(file)
}
