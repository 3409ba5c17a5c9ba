import type { ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { allowBrokenPipe } from '../../test/support/broken-pipe.ts'

/** A process that prints its address, then a line of JSON for each line it receives, and ends with its input. */
export interface Conversation {
  readonly address: string
  ask(line: string): Promise<never>
  stop(): Promise<void>
}

/** @param end - The error message for a process that has ended. */
export async function converse(
  child: ChildProcessByStdio<Writable, Readable, null>,
  end: string,
): Promise<Conversation> {
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  allowBrokenPipe(child.stdin)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const read = async (): Promise<string> => {
    const { value, done } = await lines.next()
    if (done) throw new Error(end)
    return value
  }
  return {
    address: await read(),
    async ask(line) {
      child.stdin.write(`${line}\n`)
      return JSON.parse(await read()) as never
    },
    async stop() {
      const ended = once(child, 'exit')
      child.stdin.end()
      await ended
      process.off('exit', kill)
    },
  }
}
