import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Microseconds a check, by library; and a line for each library that is not there. */
export interface PythonFigures {
  readonly figures: Record<string, number>
  readonly skipped: readonly string[]
}

/** Debian's interpreter first: it is the one that sees Debian's packages. */
const interpreters = ['/usr/bin/python3', 'python3']

/** Runs the same check with Authlib and oauthlib, where they are installed. */
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
