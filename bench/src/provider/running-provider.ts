import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Keys } from '../../../packages/provider/test/processes/signed-request.ts'
import { converse } from '../conversation.ts'

/** The keys to sign requests with. */
export interface ProviderKeys {
  readonly client: Keys
  readonly token: Keys
}

/** The resources of a process, after a garbage collection. */
export interface ProviderState {
  /** Microseconds of processor time so far. */
  readonly cpu: number
  /** Octets. */
  readonly rss: number
  readonly heapUsed: number
  readonly handles: number
  /** By table. */
  readonly rows: Readonly<Record<string, number>>
}

/** A process of the provider. */
export interface RunningProvider {
  readonly address: string
  setup(): Promise<ProviderKeys>
  state(): Promise<ProviderState>
  stop(): Promise<void>
}

/** No limits per address: here, one address sends everything. */
const withoutLimits = {
  RATE_LIMIT_OAUTH_PER_ADDRESS: '0',
  RATE_LIMIT_OAUTH_PER_CLIENT: '0',
  RATE_LIMIT_SIGN_UP: '0',
}

/** @param env - Its settings. */
export async function startProvider(env: Readonly<Record<string, string>>): Promise<RunningProvider> {
  const main = fileURLToPath(new URL('main.ts', import.meta.url))
  const child = spawn(process.execPath, [...process.execArgv, '--expose-gc', main], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'], PORT: '0', LOG_LEVEL: 'error', ...withoutLimits, ...env },
  })
  const { address, ask, stop } = await converse(child, 'The provider has ended.')
  return {
    address,
    setup: () => ask('setup'),
    state: () => ask('state'),
    stop,
  }
}
