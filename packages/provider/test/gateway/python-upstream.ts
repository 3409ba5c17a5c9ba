import { spawn } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { programs } from '../../../countersign/test/services.ts'

/** A request as the API in Python saw it. */
export interface SeenByPython {
  readonly method: string
  /** Path and query, as they stood in the request line. */
  readonly target: string
  /** Names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Of the body, in octets. */
  readonly length: number
  readonly sha256: string
  /** Decoded. */
  readonly query: readonly (readonly [name: string, value: string])[]
  readonly form: readonly (readonly [name: string, value: string])[]
}

/** An API in Python that keeps what it sees. */
export interface PythonUpstream {
  readonly address: string
  /** All that it saw since it was asked last, in its order. */
  seenSince(): Promise<SeenByPython[]>
  close(): Promise<void>
}

export async function pythonUpstream(): Promise<PythonUpstream> {
  const child = spawn(programs.python, [fileURLToPath(new URL('./upstream.py', import.meta.url))])
  const ended = once(child, 'close')
  let stderr = ''
  child.stderr.on('data', (text) => {
    stderr += text
  })
  const lines = createInterface({ input: child.stdout })
  const port = await Promise.race([
    once(lines, 'line').then(([line]) => String(line)),
    ended.then(() => Promise.reject(new Error(`The API ended: ${stderr}`))),
  ])
  const address = `http://127.0.0.1:${port}`
  const seen: SeenByPython[] = []
  const marks = new EventEmitter()
  lines.on('line', (line) => {
    const request: SeenByPython = JSON.parse(line)
    if (request.target === '/last') marks.emit('last')
    else seen.push(request)
  })
  return {
    address,
    async seenSince() {
      // A client may have its response before the line is read here: no line comes after a later request's.
      const isLast = once(marks, 'last')
      await (await fetch(`${address}/last`)).text()
      await isLast
      return seen.splice(0)
    },
    async close() {
      child.stdin.end()
      await ended
    },
  }
}
