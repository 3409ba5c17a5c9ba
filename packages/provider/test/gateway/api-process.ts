import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('./api-program.ts', import.meta.url))

/** A request of which an API has written in its log. */
export interface Logged {
  /** How often it began, and how often all of it arrived. */
  readonly begun: number
  readonly completed: number
  /** Length and hash of each complete body. */
  readonly bodies: readonly string[]
}

/** An API in a process of its own. */
export interface ApiProcess {
  readonly port: number
  readonly address: string
  /** SIGKILL. */
  kill(): Promise<void>
}

/** @param port - The port of a killed process; by default a free one. */
export async function startApi(logFile: string, port = 0): Promise<ApiProcess> {
  const child = spawn(process.execPath, [program, String(port), logFile])
  const end = once(child, 'close')
  let stderr = ''
  child.stderr.on('data', (text) => {
    stderr += text
  })
  const first = once(createInterface({ input: child.stdout }), 'line')
  const failure = end.then(() => Promise.reject(new Error(`The API ended: ${stderr}`)))
  const [line] = await Promise.race([first, failure])
  return {
    port: Number(line),
    address: `http://127.0.0.1:${line}`,
    async kill() {
      child.kill('SIGKILL')
      await end
    },
  }
}

/** The entries of the log, by path. */
export function readLog(logFile: string): ReadonlyMap<string, Logged> {
  const byPath = new Map<string, Logged>()
  const lines = existsSync(logFile) ? readFileSync(logFile, 'utf8').split('\n').slice(0, -1) : []
  for (const line of lines) {
    const [what, path = '', ...body] = line.split(' ')
    const { begun, completed, bodies } = byPath.get(path) ?? { begun: 0, completed: 0, bodies: [] }
    const isBegin = what === 'begin'
    byPath.set(path, {
      begun: begun + (isBegin ? 1 : 0),
      completed: completed + (isBegin ? 0 : 1),
      bodies: isBegin ? bodies : [...bodies, body.join(' ')],
    })
  }
  return byPath
}

/** The response to a request for a path: as no other one, from its first to its last octet. */
export function itemBody(path: string): string {
  return `${path} `.repeat(1_000)
}
