import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Microseconds per check, by library, and a line for each missing library. */
export interface PythonFigures {
  readonly figures: Record<string, number>
  readonly skipped: readonly string[]
}

/** Debian's interpreter first, because it finds Debian's packages. */
const interpreters = ['/usr/bin/python3', 'python3']

/** Runs the same check with Authlib and oauthlib, if they are installed. */
export function pythonFigures(...input: readonly unknown[]): PythonFigures {
  const script = fileURLToPath(new URL('check.py', import.meta.url))
  for (const interpreter of interpreters) {
    const { status, stdout } = spawnSync(interpreter, [script], {
      input: JSON.stringify(input),
      encoding: 'utf8',
    })
    if (status === 0) return JSON.parse(stdout) as PythonFigures
  }
  return { figures: {}, skipped: ['Skipped: Authlib and oauthlib (no python3 with python3-oauthlib).'] }
}
