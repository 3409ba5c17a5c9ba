import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { temporaryDirectory } from '../../../packages/provider/test/running-provider.ts'
import { allowBrokenPipe } from '../../support/broken-pipe.ts'
import { root } from '../npm-start.ts'

type Env = Readonly<Record<string, string>>

interface RunOptions {
  /** What a test has in place of the names of a page. */
  readonly names?: readonly (readonly [from: string, to: string])[]
  readonly env?: Env
  readonly input?: string
  /** How the last command ends. Default: 0. */
  readonly code?: number
}

/** What a command printed. */
interface Printed {
  readonly stdout: string
  readonly stderr: string
}

const main = join(root, 'packages/cli/src/main.ts')
const countersign = `exec "${process.execPath}" --conditions=countersign-source "${main}"`
/** The commands of the pages that run the sources. */
const ownPrograms = {
  countersign: `${countersign} "$@"`,
  npx: `[ "$1" = @countersign/cli ] || exit 64; shift; ${countersign} "$@"`,
  npm: `[ "$*" = start ] || exit 64; ${countersign} start`,
}

/** A shell in an empty folder of its own, in which the commands of a page run as they stand there. */
export class PageShell {
  readonly #directory = temporaryDirectory()
  readonly path = join(this.#directory.path, 'folder')
  readonly #bin = join(this.#directory.path, 'bin')
  readonly #env: Env
  readonly #running: ChildProcess[] = []

  /** @param env - What the pages suppose to be set. */
  constructor(env: Env = {}) {
    this.#env = env
    for (const folder of [this.path, this.#bin]) mkdirSync(folder)
    symlinkSync(process.execPath, join(this.#bin, 'node'))
    for (const [name, script] of Object.entries(ownPrograms)) this.program(name, script)
    process.once('exit', this.close)
  }

  /** Puts a program on the path. */
  program(name: string, script: string): void {
    const file = join(this.#bin, name)
    writeFileSync(file, script.startsWith('#!') ? script : `#!/bin/sh\n${script}\n`)
    chmodSync(file, 0o755)
  }

  /** Writes what a program looks for in its user's own folder. */
  home(name: string, text: string): void {
    writeFileSync(join(this.#directory.path, name), text)
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.path, name), text)
  }

  /** Runs lines of a page to their end, up to the first one that fails. */
  async run(lines: readonly string[], options: RunOptions = {}): Promise<Printed> {
    const { child, printed } = this.#start(lines, options)
    allowBrokenPipe(child.stdin)
    child.stdin.end(options.input)
    const [code] = (await once(child, 'close')) as [number | null]
    this.#running.splice(this.#running.indexOf(child), 1)
    if (code !== (options.code ?? 0))
      throw new Error(`It ended with ${code}:\n${lines.join('\n')}\n${printed.stdout}${printed.stderr}`)
    return printed
  }

  /** Starts lines of a page, and waits until they have printed this; returns its groups. */
  async start(
    lines: readonly string[],
    pattern: RegExp,
    options: RunOptions = {},
  ): Promise<readonly string[]> {
    const { child, printed } = this.#start(lines, options)
    for (;;) {
      const found = pattern.exec(printed.stdout)
      if (found !== null) return found.slice(1)
      if (child.exitCode !== null && child.exitCode !== 0)
        throw new Error(`It ended with ${child.exitCode}:\n${printed.stdout}${printed.stderr}`)
      await sleep(20)
    }
  }

  /** Ends what was started, with whatever that has started itself. */
  readonly close = (): void => {
    process.off('exit', this.close)
    for (const child of this.#running) kill(child)
    this.#directory.remove()
  }

  #start(lines: readonly string[], { names = [], env = {} }: RunOptions) {
    const script = names.reduce((text, [from, to]) => {
      if (!text.includes(from)) throw new Error(`The commands do not name ${from}:\n${text}`)
      return text.replaceAll(from, to)
    }, lines.join('\n'))
    const { PATH = '', TMPDIR, NODE_COMPILE_CACHE } = process.env
    const child = spawn('sh', ['-e', '-c', script], {
      cwd: this.path,
      // A session of its own: no program asks the terminal of whoever runs the tests.
      detached: true,
      env: {
        ...(TMPDIR !== undefined && { TMPDIR }),
        ...(NODE_COMPILE_CACHE !== undefined && { NODE_COMPILE_CACHE }),
        ...{ PATH: `${this.#bin}${delimiter}${PATH}`, HOME: this.#directory.path, LOG_LEVEL: 'error' },
        ...this.#env,
        ...env,
      },
    })
    this.#running.push(child)
    const printed = { stdout: '', stderr: '' }
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream].setEncoding('utf8').on('data', (text) => {
        printed[stream] += text
      })
    return { child, printed }
  }
}

/** The whole group. */
function kill({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {}
}
