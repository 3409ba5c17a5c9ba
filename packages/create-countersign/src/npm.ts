import { frameworks, languages, stores } from './choices.ts'
import { UsageFault } from './faults.ts'
import type { Given } from './options.ts'

export const separatorHint =
  'npm needs -- before the options: npm create countersign my-api -- --framework fastify.'

/** Options, and the setting that each one's letter is to npm. */
const taken = [
  { option: 'framework', values: frameworks, setting: 'npm_config_force', text: 'true' },
  { option: 'store', values: stores, setting: 'npm_config_loglevel', text: 'silent' },
  { option: 'language', values: languages, setting: 'npm_config_long', text: 'true' },
] as const

/**
 * Throws a UsageFault where npm has taken an option for its own: it passes `--framework fastify` on as the folder `fastify`
 * and `npm_config_framework`.
 */
export function requireSeparator(given: Given, env: NodeJS.ProcessEnv): void {
  const { folder = '' } = given
  const isTaken = taken.some(({ option, values, setting, text }) => {
    if (given[option] !== undefined) return false
    // A path is the setting `store` of pnpm, which may be in the same .npmrc.
    if (/^[\w-]+$/.test(env[`npm_config_${option}`] ?? '')) return true
    return Object.hasOwn(values, folder) && env[setting] === text
  })
  if (isTaken || (given.name === undefined && env['npm_config_name'] !== undefined))
    throw new UsageFault(separatorHint)
}
