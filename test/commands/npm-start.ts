import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'

export const root = join(import.meta.dirname, '../..')

/** A command that runs the provider on a free port, with its data in a folder of its own. */
export interface StartedCommand {
  readonly pid: number
  readonly port: number
  /** What it has printed so far. */
  readonly printed: () => string
  /** When it ended, and how. */
  readonly ended: Promise<number | NodeJS.Signals | null>
  /** Ends whatever of it is still there, and removes its data. */
  readonly clear: () => void
}

/** What every terminal of this machine has: the certificates, too, by which npm knows the registry. */
export function terminal(): NodeJS.ProcessEnv {
  const { PATH, HOME, NODE_EXTRA_CA_CERTS } = process.env
  return { PATH, HOME, ...(NODE_EXTRA_CA_CERTS !== undefined && { NODE_EXTRA_CA_CERTS }) }
}

/** Starts a command as a terminal does: as the leader of its own process group. */
export async function startCommand(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd = root,
): Promise<StartedCommand> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-start-'))
  const child = spawn(program, args, {
    cwd,
    detached: true,
    env: { ...terminal(), PORT: '0', COUNTERSIGN_DATABASE: join(folder, 'data.sqlite'), ...env },
  })
  const pid = child.pid as number
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk) => {
      text += chunk
    })
  }
  const ended = once(child, 'exit').then(([code, signal]) => code ?? signal)
  const clear = () => {
    kill(pid)
    process.off('exit', clear)
    rmSync(folder, { recursive: true, force: true })
  }
  process.once('exit', clear)
  const port = await portOf(child, () => text, ended)
  return { pid, port, printed: () => text, ended, clear }
}

/** The whole group: a test that fails must not leave a process running. */
function kill(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {}
}

/** The port that it prints, once its greeting is whole. */
async function portOf(child: ChildProcess, printed: () => string, ended: Promise<unknown>): Promise<number> {
  const greeted = new Promise<number>((resolve) => {
    child.stdout?.on('data', () => {
      const port = /Countersign runs at http:\/\/127\.0\.0\.1:(\d+)/.exec(printed())?.[1]
      if (port !== undefined && printed().includes('It asks for the client secret.')) resolve(Number(port))
    })
  })
  const over = ended.then((how) => {
    throw new Error(`It ended with ${how} before it listened:\n${printed()}`)
  })
  over.catch(() => {})
  return Promise.race([greeted, over])
}
