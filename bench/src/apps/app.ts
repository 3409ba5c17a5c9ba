import { type Hooks, ResourceProtector } from 'countersign'
import { memoryHooks } from 'countersign/memory'
import { client, token } from '../credentials.ts'

/** Two routes of one framework: `/bare` answers at once, `/protected` behind the check. Listens, and answers the port. */
export type StartApp = (protector: ResourceProtector) => Promise<number>

export const answer = { hello: 'world' }

/** A protector over memory, large enough for a benchmark. */
export function makeProtector(
  hooks: Hooks = memoryHooks({ clients: [client], tokens: [token], maxEntries: 4_000_000 }),
): ResourceProtector {
  return new ResourceProtector({ hooks })
}
