import { readFileSync } from 'node:fs'
import { readSettingsFile, reasonOf } from './settings-file.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** The names and raw values of all settings, wherever they were given. */
export interface Configuration {
  /** The environment, plus the settings from files. */
  readonly values: Readonly<Record<string, string>>
  /** The source of each given setting: `environment`, or a file. */
  readonly sources: ReadonlyMap<string, string>
  /** One sentence each. */
  readonly faults: readonly string[]
}

/**
 * Settings that are secret, or contain a secret: `NAME_FILE` names a file with the value, as is usual in containers.
 */
const secretSettings = [
  'DATABASE_URL',
  'REDIS_URL',
  'OIDC_CLIENT_SECRET',
  'OAUTH2_INTROSPECTION_CLIENT_SECRET',
  'SEALING_KEYS',
] as const

/** Settings with an older name, which still works. */
const olderNames = { PUBLIC_URL: 'ORIGIN', DATABASE_URL: 'COUNTERSIGN_DATABASE' } as const

interface Given {
  readonly value: string
  readonly source: string
}

/**
 * The environment, and the file that its `COUNTERSIGN_CONFIG` names. If both have a setting, the environment wins. An
 * empty value counts as absent.
 *
 * @param known - All existing names.
 */
export function readConfiguration(env: Environment, known: readonly string[]): Configuration {
  const file = env['COUNTERSIGN_CONFIG']
  const secretFiles = secretSettings.map((name) => `${name}_FILE`)
  const read = file ? readSettingsFile(file, [...known, ...secretFiles]) : undefined
  const faults = [...(read?.faults ?? [])]
  const own = levelOf(env, 'environment', faults)
  const further = levelOf(read?.values ?? {}, file ?? '', faults)
  // Under either name, a setting in the environment replaces both names in the file.
  for (const [name, older] of Object.entries(olderNames)) {
    if (!own.has(name) && !own.has(older)) continue
    further.delete(name)
    further.delete(older)
  }
  const all = new Map([...further, ...own])
  return {
    values: Object.fromEntries([...all].map(([name, { value }]) => [name, value])),
    sources: new Map([...all].map(([name, { source }]) => [name, source])),
    faults,
  }
}

/** The settings of one source, with secrets read from the files that it names. */
function levelOf(given: Environment, source: string, faults: string[]): Map<string, Given> {
  const level = new Map(
    Object.entries(given).flatMap(([name, value]) => (value ? [[name, { value, source }] as const] : [])),
  )
  for (const name of secretSettings) {
    const named = level.get(`${name}_FILE`)
    if (named === undefined) continue
    if (level.has(name)) faults.push(`${name}_FILE: ${name} is set as well; keep one of the two.`)
    else {
      const value = readSecret(name, named.value, faults)
      if (value !== '') level.set(name, { value, source: named.value })
    }
  }
  for (const [name, older] of Object.entries(olderNames)) {
    const [one, other] = [level.get(name)?.value, level.get(older)?.value]
    if (one !== undefined && other !== undefined && one !== other)
      faults.push(
        `${older}: is the older name of ${name}, and both are set to different values; keep ${name}.`,
      )
  }
  return level
}

function readSecret(name: string, file: string, faults: string[]): string {
  try {
    const value = readFileSync(file, 'utf8').trim()
    if (value === '') faults.push(`${name}_FILE: the file ${file} is empty.`)
    return value
  } catch (error) {
    faults.push(`${name}_FILE: the file ${file} ${reasonOf(error)}.`)
    return ''
  }
}
