import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll } from 'vitest'

/** The program, as npm calls it. */
export const program = join(import.meta.dirname, '../src/main.ts')

/** An empty folder for the tests of one file, removed after them. */
export function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'create-countersign-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  return folder
}

/** Runs the program in a folder, without a terminal. */
export function create(cwd: string, ...args: string[]) {
  return createAs(process.env, cwd, ...args)
}

/** Runs it in an environment, such as that of npm. */
export function createAs(env: NodeJS.ProcessEnv, cwd: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd,
    env,
    encoding: 'utf8',
  })
  return { status, stdout, stderr }
}
