import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { available, programs } from '../services.ts'

/** Whether oauthlib can be asked. */
export function oauthlibAvailable(): Promise<boolean> {
  return available('oauthlib')
}

/** One Python process that answers jobs in their order. */
export class Oauthlib {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>
  readonly #answers: AsyncIterator<string>

  constructor() {
    const script = fileURLToPath(new URL('oracle.py', import.meta.url))
    this.#process = spawn(programs.python, [script], { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#answers = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]()
  }

  /** Sends a batch of jobs and answers their results. */
  async ask<R>(name: string, jobs: readonly object[]): Promise<R[]> {
    this.#process.stdin.write(jobs.map((job) => `${JSON.stringify({ ask: name, ...job })}\n`).join(''))
    const results: R[] = []
    while (results.length < jobs.length) {
      const { done, value } = await this.#answers.next()
      if (done) throw new Error('oauthlib ended before it had answered')
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
