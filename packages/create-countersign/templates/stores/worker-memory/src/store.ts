import { env } from 'cloudflare:workers'
import type { Client } from 'countersign'
import { memoryHooks } from 'countersign/memory'

// For trying things out on this machine: on Cloudflare a Worker runs in many places at once, and each would have a memory of
// its own. `--store d1` creates a project that can be deployed.
const clients: Client[] = JSON.parse(env.CLIENTS ?? '[]')

export const hooks = memoryHooks({ clients })

/** For the cron trigger of a store that has to be swept; memory forgets by itself. */
export async function sweep(): Promise<void> {}
