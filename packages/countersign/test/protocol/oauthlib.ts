import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { available, programs } from '../services.ts'

/** Whether oauthlib can be asked. */
export function oauthlibAvailable(): Promise<boolean> {
  return available('oauthlib')
}

/** One Python process that returns results in the order of its jobs. */
export class Oauthlib {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>
  readonly #results: AsyncIterator<string>

  constructor() {
    const script = fileURLToPath(new URL('oracle.py', import.meta.url))
    this.#process = spawn(programs.python, [script], { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#results = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]()
  }

  /** Sends a batch of jobs and returns their results. */
  async ask<R>(name: string, jobs: readonly object[]): Promise<R[]> {
    this.#process.stdin.write(jobs.map((job) => `${JSON.stringify({ ask: name, ...job })}\n`).join(''))
    const results: R[] = []
    while (results.length < jobs.length) {
      const { done, value } = await this.#results.next()
      if (done) throw new Error('oauthlib ended before it returned a result')
      const { result, refusal } = JSON.parse(value)
      if (refusal) throw new Error(`oauthlib refuses ${JSON.stringify(jobs[results.length])}: ${refusal}`)
      results.push(result)
    }
    return results
  }

  close(): void {
    this.#process.stdin.end()
  }
}
