import process from 'node:process'
import { type Invocation, optional } from './command.ts'
import { program } from './program.ts'
import { findAccount, loadProvider, type Services, type SettingsInput } from './provider.ts'
import { Refusal, unknownUser } from './refusal.ts'

/** How a command opens the provider's database. */
interface Opening {
  /** Creates a missing database; a command that only reads or removes must not. */
  readonly create?: boolean
  /** With the settings of the environment, as the provider itself is started: for scopes, policies and the making of tokens. */
  readonly asStarted?: boolean
}

/**
 * Opens the provider's services for one command, and closes them again.
 *
 * @throws Refusal when there is no database.
 */
export async function withServices(
  given: Invocation,
  work: (services: Services) => Promise<void>,
  { create = false, asStarted = false }: Opening = {},
): Promise<void> {
  const provider = await loadProvider()
  const {
    isServer,
    openServices,
    operatorActor,
    schemaSteps,
    settingsFromEnv,
    shownDatabase,
    storeFromEnv,
    withActor,
  } = provider
  const env = environmentOf(given)
  const settings: SettingsInput & { readonly database: string } = asStarted
    ? settingsFromEnv(env)
    : storeFromEnv(env)
  const { database } = settings
  if ((await schemaSteps(database)).done.length === 0) {
    const shown = shownDatabase(database)
    if (!create) throw noDatabase(shown, isServer(database))
    // It may not be the intended one: the provider may get its settings from elsewhere.
    if (given['json'] !== true) process.stderr.write(`A new database is created: ${shown}\n`)
  }
  // No command checks a request of a client, and one must work while Redis is down.
  const services = await openServices({ ...settings, redisUrl: undefined, logLevel: 'silent' })
  try {
    await withActor(operatorActor(), () => work(services))
  } finally {
    await services.close()
  }
}

function noDatabase(shown: string, isOnServer: boolean): Refusal {
  return isOnServer
    ? new Refusal(
        'no_database',
        `The database ${shown} has no tables yet. Create them with ${program} db migrate.`,
        'db migrate',
      )
    : new Refusal(
        'no_database',
        `There is no database at ${shown}. Name another with --database or --config, or create this one with ${program} db migrate.`,
        'db migrate',
      )
}

/** The environment, with the database and the file of settings that the command line names instead of its own. */
export function environmentOf(given: Invocation): NodeJS.ProcessEnv {
  const env = { ...process.env }
  const config = optional(given, 'config')
  if (config !== undefined) env['COUNTERSIGN_CONFIG'] = config
  const database = optional(given, 'database')
  if (database === undefined) return env
  return { ...env, DATABASE_URL: database, DATABASE_URL_FILE: '', COUNTERSIGN_DATABASE: '' }
}

/** The user that `--user` names; undefined without the option. @throws Refusal when there is no such user. */
export async function userId({ db }: Services, given: Invocation): Promise<number | undefined> {
  const name = optional(given, 'user')
  if (name === undefined) return undefined
  const user = await findAccount(db, name)
  if (user === undefined) throw unknownUser(name)
  return user.id
}
