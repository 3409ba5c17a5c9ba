import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { nearestSetting } from './nearest-setting.ts'

/** The settings of a file, and its faults, one sentence each. */
export interface SettingsFile {
  readonly values: Readonly<Record<string, string>>
  readonly faults: readonly string[]
}

/**
 * Reads lines `NAME=value`, as in systemd's `EnvironmentFile` and `node --env-file`. The environment also has names of
 * other programs; here each name must be a setting.
 */
export function readSettingsFile(file: string, known: readonly string[]): SettingsFile {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    return { values: {}, faults: [`COUNTERSIGN_CONFIG: the file ${file} ${reasonOf(error)}.`] }
  }
  const values = Object.fromEntries(
    Object.entries(parseEnv(text)).map(([name, value]) => [name, value ?? '']),
  )
  const unknown = Object.keys(values).filter((name) => !known.includes(name))
  return {
    values,
    faults: [
      ...strayLines(text).map((line) => `${file}, line ${line}: must be NAME=value, or a comment after #.`),
      ...unknown.map((name) => `${file}: there is no setting ${name}.${hint(name, known)}`),
    ],
  }
}

function hint(name: string, known: readonly string[]): string {
  const meant = nearestSetting(name, known)
  return meant === undefined ? '' : ` Did you mean ${meant}?`
}

/** Why a file cannot be read. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return 'does not exist'
  if (code === 'EACCES') return 'may not be read by this user'
  if (code === 'EISDIR') return 'is a folder'
  return `cannot be read: ${message}`
}

/** The numbers of lines that are not part of an assignment: `parseEnv` silently skips them. */
function strayLines(text: string): number[] {
  const stray: number[] = []
  let quote: string | undefined
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (quote !== undefined) {
      if (line.includes(quote)) quote = undefined
      continue
    }
    if (/^\s*(?:#.*)?$/.test(line)) continue
    const value = /^\s*(?:export\s+)?[A-Za-z_]\w*\s*=\s*(.*)$/.exec(line)?.[1]
    if (value === undefined) stray.push(index + 1)
    const opening = /^["'`]/.exec(value ?? '')?.[0]
    if (opening !== undefined && !value?.slice(1).includes(opening)) quote = opening
  }
  return stray
}
