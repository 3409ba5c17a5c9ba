import { execFileSync } from 'node:child_process'
import { it } from 'vitest'

/** Whether a test can have a terminal, which only this program gives: counted as skipped without it, which `.ci/run` forbids. */
export function hasTerminal(): boolean {
  try {
    return execFileSync('script', ['--version'], { encoding: 'utf8' }).includes('util-linux')
  } catch {
    // Such a machine has no terminal to give; the name of the test says so.
    it.skip("left out: it needs util-linux's script", () => {})
    return false
  }
}
