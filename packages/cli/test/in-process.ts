import process from 'node:process'
import { vi } from 'vitest'
import type { Finished } from '../../provider/test/running-provider.ts'
import { runCommand } from '../src/command-line.ts'

/** Runs `countersign …` within this process, which takes no time to start: for commands that read no standard input. */
export async function runHere(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  const written = { stdout: '', stderr: '' }
  const spies = (['stdout', 'stderr'] as const).map((stream) =>
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      written[stream] += String(text)
      return true
    }),
  )
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value)
  try {
    const code = await runCommand(args)
    return { code, ...written }
  } finally {
    for (const spy of spies) spy.mockRestore()
    vi.unstubAllEnvs()
  }
}

/** As `runHere` over one database, with the result of `--json`; a failure is an exception. */
export function jsonHere(database: string, env: Readonly<Record<string, string>> = {}) {
  return async <T>(...args: readonly string[]): Promise<T> => {
    const { code, stdout, stderr } = await runHere([...args, '--database', database, '--json'], env)
    if (code !== 0) throw new Error(`countersign ${args.join(' ')} exited with ${code}: ${stderr}`)
    return JSON.parse(stdout) as T
  }
}
