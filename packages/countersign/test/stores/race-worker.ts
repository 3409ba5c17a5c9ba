import type { Backend } from './backend.ts'
import { type Race, runRace } from './race.ts'

/** What the suite sends to each of its processes. */
export interface Heat {
  readonly race: Race
  readonly calls: number
  /** Milliseconds since 1970: every process starts at this moment. */
  readonly startAt: number
}

const [backendUrl = '', config = '', runner = ''] = process.argv.slice(2)
const { open } = (await import(backendUrl)) as Backend
const store = await open(config)

process.on('message', async ({ race, calls, startAt }: Heat) => {
  // A timer is late by a millisecond or two, which is longer than a whole race takes.
  while (Date.now() < startAt);
  process.send?.(await runRace(store.hooks, race, calls, runner))
})
process.once('disconnect', () => void store.close())
process.send?.('ready')
