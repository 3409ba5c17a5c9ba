import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { allowBrokenPipe } from '../support/broken-pipe.ts'
import type { Setting } from './setting.ts'

/** One response of the API, as the client's program reports it. */
export interface Reported {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: JSON that the test compares
  readonly body: any
}

/**
 * Runs a client's program through the whole flow: it gets its settings, prints where the user must go, is told the
 * code, and prints the API's responses.
 */
export async function runProgram(
  setting: Setting,
  command: string,
  file: string,
  settings: Readonly<Record<string, string | undefined>>,
): Promise<Reported[]> {
  const child = spawn(command, [fileURLToPath(new URL(file, import.meta.url))])
  allowBrokenPipe(child.stdin)
  const ended = once(child, 'close') as Promise<[number | null]>
  let stderr = ''
  child.stderr.on('data', (text) => {
    stderr += text
  })
  const tell = (value: unknown) => child.stdin.write(`${JSON.stringify(value)}\n`)
  tell({ site: setting.site, ...settings })
  const reported: Reported[] = []
  let first = true
  for await (const line of createInterface({ input: child.stdout })) {
    if (first) tell(await setting.allow((JSON.parse(line) as string).replace(setting.site, '')))
    else reported.push(JSON.parse(line))
    first = false
  }
  const [code] = await ended
  if (code !== 0) throw new Error(`${file} exited with ${code}: ${stderr}`)
  return reported
}
