import { ConfigurationError } from 'countersign'
import { retirementOf } from './retirement/retirement-of.ts'
import type { Environment } from './settings/configuration.ts'
import { readSettings, settingNames } from './settings/environment.ts'
import { settingValue } from './settings/setting-values.ts'
import { settingWarnings } from './settings/setting-warnings.ts'
import type { ProviderSettings } from './settings/settings.ts'
import { checkTlsFiles } from './tls-files.ts'

/** One setting, with its effective value. */
export interface ReportedSetting {
  readonly name: string
  /** Never a secret; empty if there is none. */
  readonly value: string
  /** `default`, `environment`, or the file that it comes from. */
  readonly source: string
}

/** The whole configuration as an operator reads it. */
export interface ConfigurationReport {
  readonly settings: readonly ReportedSetting[]
  /** The faults that prevent a start, one sentence each: the mistake, and what to write. */
  readonly faults: readonly string[]
  /** Probable mistakes. */
  readonly warnings: readonly string[]
}

/** Older names of other settings: shown only if they are used. */
const older = ['ORIGIN', 'COUNTERSIGN_DATABASE', 'OAUTH1_ORIGIN']

/**
 * Every setting from the environment and from the file that `COUNTERSIGN_CONFIG` names, and all faults at once. It
 * opens no database and no port.
 *
 * @example
 * ```ts
 * const { settings, faults, warnings } = configurationReport(process.env)
 * ```
 */
export function configurationReport(env: Environment): ConfigurationReport {
  const { settings, values, sources, faults } = readSettings(env)
  const listed = settingNames.filter((name) => !older.includes(name) || sources.has(name))
  const sourceOf = (name: string) => sources.get(name) ?? aliasOf(name, sources)
  return {
    settings: listed.map((name) => ({
      name,
      value: settingValue(name, values[name], settings),
      source: sourceOf(name) ?? 'default',
    })),
    faults: [...faults, ...(settings === undefined ? [] : fileFaults(settings))],
    warnings: settings === undefined ? [] : settingWarnings(settings),
  }
}

/** The source of a setting that was given by its older name. */
function aliasOf(name: string, sources: ReadonlyMap<string, string>): string | undefined {
  if (name === 'PUBLIC_URL') return sources.get('ORIGIN') ?? sources.get('OAUTH1_ORIGIN')
  return name === 'DATABASE_URL' ? sources.get('COUNTERSIGN_DATABASE') : undefined
}

/** Faults in the files that settings name. */
function fileFaults(settings: ProviderSettings): string[] {
  return [() => checkTlsFiles(settings), () => void retirementOf(settings)].flatMap((check) => {
    try {
      check()
      return []
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error
      return error.message.split('\n')
    }
  })
}
