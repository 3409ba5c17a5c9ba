import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Setting } from './setting.ts'

/** One answer of the API, as the client's program reports it. */
export interface Reported {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: JSON that the test compares
  readonly body: any
}

/** Whether a program in another language can run here. Where services are required its absence is a failure. */
export function hasProgram(what: string, command: string, ...args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    if (process.env['COUNTERSIGN_REQUIRE_SERVICES'] === '1') throw new Error(`${what} is not installed.`)
    console.log(`Skipped: ${what} is not installed.`)
    return false
  }
}

/**
 * Runs a client's program through the whole flow: it gets its settings, prints where the user must go, is told the
 * code, and prints what the API answered.
 */
export async function runProgram(
  setting: Setting,
  command: string,
  file: string,
  settings: Readonly<Record<string, string | undefined>>,
): Promise<Reported[]> {
  const child = spawn(command, [fileURLToPath(new URL(file, import.meta.url))])
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
