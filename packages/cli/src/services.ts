import { existsSync } from 'node:fs'
import process from 'node:process'
import { type Invocation, optional } from './command.ts'
import { program } from './program.ts'
import { findAccount, InputError, loadProvider, type Services, type SettingsInput } from './provider.ts'

/** How a command opens the provider's database. */
interface Opening {
  /** Makes a database that is not there; a command that only reads or removes must not. */
  readonly create?: boolean
  /** With the settings of the environment, as the provider itself is started: for scopes, policies and the making of tokens. */
  readonly asStarted?: boolean
}

/**
 * Opens what the provider is made of for one command, and closes it again.
 *
 * @throws InputError when there is no database.
 */
export async function withServices(
  given: Invocation,
  work: (services: Services) => Promise<void>,
  { create = false, asStarted = false }: Opening = {},
): Promise<void> {
  const { databaseFromEnv, openServices, settingsFromEnv } = await loadProvider()
  const env = { ...process.env, ...named(optional(given, 'database')) }
  const database = databaseFromEnv(env)
  if (!create && !existsSync(database)) {
    throw new InputError(
      'database',
      `There is no database at ${database}. Name another with --database, or create this one with ${program} start.`,
    )
  }
  const settings: SettingsInput = asStarted ? settingsFromEnv(env) : { database }
  const services = await openServices({ ...settings, logLevel: 'silent' })
  try {
    await work(services)
  } finally {
    await services.close()
  }
}

function named(database: string | undefined): Record<string, string> {
  return database === undefined ? {} : { COUNTERSIGN_DATABASE: database }
}

/** The user that `--user` names; undefined without the option. @throws InputError when there is no such user. */
export async function userId({ db }: Services, given: Invocation): Promise<number | undefined> {
  const name = optional(given, 'user')
  if (name === undefined) return undefined
  const user = await findAccount(db, name)
  if (user === undefined) throw new InputError('user', `There is no user ${name}.`)
  return user.id
}
