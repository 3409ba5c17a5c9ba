import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { allowBrokenPipe } from '../../../test/support/broken-pipe.ts'

const main = fileURLToPath(new URL('../../cli/src/main.ts', import.meta.url))

/** What a finished process left. */
export interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A directory of its own, removed at the end. */
export function temporaryDirectory(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'countersign-'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}

/** Only what a process needs to run, so that the settings of whoever runs the tests change nothing. */
function environment(env: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const { PATH, HOME, TMPDIR } = process.env
  return { ...(PATH ? { PATH } : {}), ...(HOME ? { HOME } : {}), ...(TMPDIR ? { TMPDIR } : {}), ...env }
}

function start(args: readonly string[], cwd: string, env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, ['--conditions=countersign-source', main, ...args], {
    cwd,
    env: environment(env),
  })
  const output = { stdout: '', stderr: '' }
  // A test that fails half-way must not leave a process running.
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  allowBrokenPipe(child.stdin)
  child.once('close', () => process.off('exit', kill))
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output.stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text) => {
    output.stderr += text
  })
  return { child, output }
}

/** Runs `countersign …` to its end. */
export async function runCli(
  cwd: string,
  args: readonly string[],
  { input = '', env = {} }: { input?: string; env?: Record<string, string> } = {},
): Promise<Finished> {
  const { child, output } = start(args, cwd, env)
  child.stdin.end(input)
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, ...output }
}

/** As `runCli` with `--json`; a failure is an exception. */
export async function runCliJson<T>(
  cwd: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<T> {
  const { code, stdout, stderr } = await runCli(cwd, [...args, '--json'], { env })
  if (code !== 0) throw new Error(`countersign ${args.join(' ')} exited with ${code}: ${stderr}`)
  return JSON.parse(stdout) as T
}

/** A provider process on a free port, its data in `cwd`. */
export interface ProviderProcess {
  readonly url: string
  readonly pid: number
  /** What it has printed so far. */
  readonly output: { readonly stdout: string; readonly stderr: string }
  /** SIGTERM, and the exit code that follows. */
  stop(): Promise<number | null>
}

/** Starts what `npm start` starts and waits until it listens. */
export async function runProvider(cwd: string, env: Record<string, string> = {}): Promise<ProviderProcess> {
  const started = start(['start'], cwd, { PORT: '0', LOG_LEVEL: 'error', ...env })
  const { child, output } = started
  const ended = await printed(started, '/api/me')
  const url = /(https?:\/\/[\d.:[\]a-z]+)/.exec(output.stdout.replace(/.*listening on /s, ''))?.[1] as string
  return { url, pid: child.pid as number, output, stop: () => stop(child, ended) }
}

/** Starts `countersign gateway` and waits until it listens. */
export async function runGateway(cwd: string, env: Record<string, string>): Promise<ProviderProcess> {
  const ports = { GATEWAY_PORT: '0', GATEWAY_ADMIN_PORT: '0' }
  const started = start(['gateway'], cwd, { ...ports, LOG_LEVEL: 'error', ...env })
  const { child, output } = started
  const ended = await printed(started, 'everything else')
  const [, at, listening] = /runs at (\S+)(?: \(listening on ([^)]+)\))?/.exec(output.stdout) ?? []
  return { url: String(listening ?? at), pid: child.pid as number, output, stop: () => stop(child, ended) }
}

/** Waits until a process has printed this, and returns what waits for its end. */
async function printed(
  { child, output }: ReturnType<typeof start>,
  text: string,
): Promise<{ readonly end: Promise<[number | null]> }> {
  const end = once(child, 'close') as Promise<[number | null]>
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', () => output.stdout.includes(text) && resolve())
    end.then(([code]) => reject(new Error(`The process exited with ${code}: ${output.stderr}`)), reject)
  })
  return { end }
}

async function stop(
  child: ChildProcess,
  { end }: { readonly end: Promise<[number | null]> },
): Promise<number | null> {
  child.kill('SIGTERM')
  const [code] = await end
  return code
}

/** Starts `countersign try`, which talks to a person. */
export function spawnTry(cwd: string, args: readonly string[], env: Record<string, string> = {}) {
  const { child, output } = start(['try', ...args], cwd, env)
  const ended = once(child, 'close') as Promise<[number | null]>
  return {
    /** What it prints first that fits the pattern. */
    line: (pattern: RegExp) =>
      new Promise<string>((resolve, reject) => {
        const look = () => {
          const found = pattern.exec(output.stdout)?.[0]
          if (found !== undefined && output.stdout.endsWith(': ')) resolve(found)
        }
        child.stdout.on('data', look)
        ended.then(() => reject(new Error(`try ended early: ${output.stderr}`)), reject)
      }),
    /** Types a line, and returns all that was printed by the end. */
    async response(text: string): Promise<string> {
      child.stdin.end(`${text}\n`)
      const [code] = await ended
      if (code !== 0) throw new Error(`try exited with ${code}: ${output.stderr}`)
      return output.stdout
    },
  }
}
