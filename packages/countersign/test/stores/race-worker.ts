import { setTimeout as sleep } from 'node:timers/promises'
import type { Backend } from './backend.ts'
import { type Race, type RaceResult, runRace } from './race.ts'

/** What the suite sends to each of its processes. */
export interface Heat {
  readonly id: number
  readonly race: Race
  readonly calls: number
  /** Milliseconds since 1970: every process starts at this moment. */
  readonly startAt: number
}

/** The result of each of them. The first, with the id 0, says that the store is open. */
export interface HeatResult extends RaceResult {
  readonly id: number
}

const respond = (result: HeatResult) => process.send?.(result)
const [backendUrl = '', config = '', runner = ''] = process.argv.slice(2)
const { open } = (await import(backendUrl)) as Backend
const store = await open(config)

process.on('message', async ({ id, race, calls, startAt }: Heat) => {
  await sleep(Math.max(0, startAt - Date.now() - 2))
  // A timer is late by a millisecond or two, which is longer than a whole race takes.
  while (Date.now() < startAt);
  respond({ id, ...(await runRace(store.hooks, race, calls, runner)) })
})
process.once('disconnect', () => void store.close())
respond({ id: 0, winners: [], errors: [] })
