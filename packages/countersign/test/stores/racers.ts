import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Race, RaceResult } from './race.ts'
import type { Heat } from './race-worker.ts'

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
  await Promise.all(workers.map(answer))
  return {
    async run(race) {
      const heat: Heat = { race, calls: callsEach, startAt: Date.now() + 5 }
      const results = await Promise.all(
        workers.map((worker) => {
          worker.send(heat)
          return answer(worker) as Promise<RaceResult>
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

async function answer(worker: ChildProcess): Promise<unknown> {
  const ended = new AbortController()
  try {
    return await Promise.race([
      once(worker, 'message', ended).then(([message]) => message),
      once(worker, 'exit', ended).then(([code]) => {
        throw new Error(`A racing process ended with ${code}; its error stands above.`)
      }),
    ])
  } finally {
    ended.abort()
  }
}
