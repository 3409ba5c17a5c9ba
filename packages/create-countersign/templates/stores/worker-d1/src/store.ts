import { env } from 'cloudflare:workers'
import { d1Hooks, sweep as sweepDatabase } from './d1.ts'

export const hooks = d1Hooks(env.DB)

/** For the cron trigger: expired nonces, temporary credentials and tokens only take up space. */
export async function sweep(): Promise<void> {
  await sweepDatabase(env.DB)
}
