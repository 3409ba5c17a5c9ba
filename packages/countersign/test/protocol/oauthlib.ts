import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'

/** Debian's Python: the one that python3-oauthlib is installed for. */
const python = '/usr/bin/python3'

/** Whether oauthlib can be asked. Where it cannot, says so once; under COUNTERSIGN_REQUIRE_SERVICES=1 that is a failure. */
export function oauthlibAvailable(): boolean {
  const { status } = spawnSync(python, ['-c', 'import oauthlib.oauth1, jwt, cryptography'])
  if (status === 0) return true
  const message = 'python3-oauthlib (with python3-jwt and python3-cryptography) is not installed'
  if (process.env['COUNTERSIGN_REQUIRE_SERVICES'] === '1') throw new Error(message)
  console.log(`skipped: ${message}; its tests do not run.`)
  return false
}

/** One Python process that answers jobs in their order. */
export class Oauthlib {
  readonly #process: ChildProcessByStdio<Writable, Readable, null>
  readonly #answers: AsyncIterator<string>

  constructor() {
    const script = fileURLToPath(new URL('oracle.py', import.meta.url))
    this.#process = spawn(python, [script], { stdio: ['pipe', 'pipe', 'inherit'] })
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
