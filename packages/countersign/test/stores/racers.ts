import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Race, RaceResult } from './race.ts'
import type { Heat, HeatResult } from './race-worker.ts'

/** Several processes that have opened the same store and race each other over it. */
export interface Racers {
  readonly run: (race: Race) => Promise<RaceResult>
  readonly close: () => Promise<void>
}

/** Starts the processes. @throws Error when one of them cannot open the store. */
export async function startRacers(
  backend: URL,
  config: string,
  processes: number,
  callsEach: number,
): Promise<Racers> {
  const workers = Array.from({ length: processes }, (_, index) =>
    fork(
      fileURLToPath(new URL('race-worker.ts', import.meta.url)),
      [backend.href, config, `process${index}`],
      {
        execArgv: ['--conditions=countersign-source', '--disable-warning=ExperimentalWarning'],
      },
    ),
  )
  await Promise.all(workers.map((worker) => resultOf(worker, 0)))
  let heats = 0
  return {
    async run(race) {
      const heat: Heat = { id: ++heats, race, calls: callsEach, startAt: Date.now() + 5 }
      const results = await Promise.all(
        workers.map((worker) => {
          worker.send(heat)
          return resultOf(worker, heat.id)
        }),
      )
      return {
        winners: results.flatMap(({ winners }) => winners),
        errors: results.flatMap(({ errors }) => errors),
      }
    },
    async close() {
      await Promise.all(
        workers.map(async (worker) => {
          if (worker.exitCode !== null) return
          const exit = once(worker, 'exit')
          worker.disconnect()
          await exit
        }),
      )
    },
  }
}

/** The result of one heat; skips results of an earlier one whose test was given up. */
async function resultOf(worker: ChildProcess, id: number): Promise<RaceResult> {
  const ended = new AbortController()
  const exit = once(worker, 'exit', ended).then(([code]) => {
    throw new Error(`A racing process ended with ${code}; its error stands above.`)
  })
  try {
    for (;;) {
      const [message] = await Promise.race([once(worker, 'message', ended), exit])
      if ((message as HeatResult).id === id) return message as HeatResult
    }
  } finally {
    ended.abort()
    exit.catch(() => {})
  }
}
