import process from 'node:process'
import type { ImportFault, ImportRecord, ImportReport, NewAuditEvent } from '@countersign/provider'
import {
  type Command,
  databaseOptions,
  ExitStatus,
  type Invocation,
  optional,
  UsageError,
  yesOption,
} from '../command.ts'
import { confirm, count } from '../confirmation.ts'
import { print, table } from '../output.ts'
import { importRecords, loadProvider, recordAudit } from '../provider.ts'
import { withServices } from '../services.ts'
import { userMapping } from '../user-mapping.ts'

export const importCommand: Command = {
  name: 'import',
  summary: 'Import clients and tokens, with unchanged secrets',
  options: [
    { flags: '--clients FILE', summary: 'Clients: .csv, .json or .jsonl' },
    { flags: '--tokens FILE', summary: 'Tokens: .csv, .json or .jsonl' },
    {
      flags: '--authlib DATABASE',
      summary: 'The database of an Authlib provider: a SQLite file, postgres:// or mysql://',
    },
    { flags: '--client-table NAME', summary: 'Its table of clients (default: client)' },
    { flags: '--token-table NAME', summary: 'Its table of tokens (default: token_credential)' },
    { flags: '--user-table NAME', summary: 'Its table of users (default: user)' },
    { flags: '--users FILE', summary: 'User names in this database: lines such as 7,ada, or JSON' },
    { flags: '--create-users', summary: 'Add users that are missing, without a password' },
    { flags: '--dry-run', summary: 'Show the result without writing anything' },
    { flags: '--skip-faulty', summary: 'Write the records without faults even if others have some' },
    { flags: '--replace', summary: 'Overwrite records that differ here (asks first)' },
    yesOption,
    ...databaseOptions,
  ],
  notes: `The first line of a CSV file names its fields: for clients key, secret, name, callbacks (with spaces between them),
rsa_public_key, owner, created_at; for tokens client, token, secret, user, scope, created_at, expires_at. Authlib's names
(client_id, client_secret, default_redirect_uri, oauth_token, oauth_token_secret, user_id) are accepted too.

It checks every record first and reports every fault with its line; any fault prevents writing. Existing records
are left alone, so you can finish an interrupted import by running it again.
It exits with 1 if anything was wrong, unless --skip-faulty wrote the rest.`,
  examples: [
    'import --authlib /var/lib/old/provider.sqlite --dry-run',
    'import --authlib postgres://reader@db.example/old --create-users',
    'import --clients clients.csv --tokens tokens.csv --users users.csv',
  ],
  async run(given) {
    const source = sourceOf(given)
    const userName = userMapping(optional(given, 'users'))
    const dryRun = given['dry-run'] === true
    await withServices(
      given,
      async (services) => {
        const { db } = services
        const faults = new ToldFaults(given['json'] === true)
        const options = {
          skipFaulty: given['skip-faulty'] === true,
          replace: given['replace'] === true,
          createUsers: given['create-users'] === true,
          userName,
        }
        if (options.replace && !dryRun && given['yes'] !== true) {
          const { clients, tokens } = await importRecords(db, source, { ...options, dryRun: true })
          const replaced = clients.replaced + tokens.replaced
          const what = `${count(clients.replaced, 'client')} and ${count(tokens.replaced, 'token')} here will be overwritten.`
          if (replaced > 0) await confirm(given, what)
        }
        const report = await importRecords(db, source, {
          ...options,
          dryRun,
          onFault: (fault) => faults.tell(fault),
        })
        faults.end()
        if (report.isWritten) await recordAudit(services, auditOf(report))
        print(given, { ...report, dryRun, faultList: faults.list }, linesOf(report, dryRun))
        if (report.faults > 0 && !(report.isWritten && options.skipFaulty)) throw new ExitStatus(1)
      },
      { create: !dryRun },
    )
  },
}

/** Reads the source that the options name, from the beginning each time it is called. */
function sourceOf(given: Invocation): () => AsyncGenerator<ImportRecord> {
  const [clients, tokens, database] = ['clients', 'tokens', 'authlib'].map((name) => optional(given, name))
  if (database !== undefined) {
    if (clients !== undefined || tokens !== undefined)
      throw new UsageError('Use --authlib, or --clients and --tokens, not both.')
    const tables = {
      clientTable: optional(given, 'client-table'),
      tokenTable: optional(given, 'token-table'),
      userTable: optional(given, 'user-table'),
    }
    return async function* () {
      const { authlibRecords } = await loadProvider()
      yield* authlibRecords({ database, ...tables })
    }
  }
  if (clients === undefined && tokens === undefined)
    throw new UsageError('Name a source: --clients FILE, --tokens FILE or --authlib DATABASE.')
  return async function* () {
    const { fileRecords } = await loadProvider()
    if (clients !== undefined) yield* fileRecords(clients, 'client')
    if (tokens !== undefined) yield* fileRecords(tokens, 'token')
  }
}

/** How many faults to report one by one; the rest is counted. */
const maxTold = 200

class ToldFaults {
  readonly list: { readonly at: string; readonly message: string }[] = []
  readonly #asJson: boolean
  #count = 0

  constructor(asJson: boolean) {
    this.#asJson = asJson
  }

  tell({ at, message }: ImportFault): void {
    if (++this.#count > maxTold) return
    this.list.push({ at, message })
    if (!this.#asJson) process.stderr.write(`${at}: ${message}\n`)
  }

  end(): void {
    if (this.#count > maxTold && !this.#asJson)
      process.stderr.write(`… and ${count(this.#count - maxTold, 'more fault')}\n`)
  }
}

function auditOf({ users, clients, tokens }: ImportReport): NewAuditEvent {
  return {
    action: 'data.imported',
    details: {
      users,
      clients: clients.added + clients.replaced,
      tokens: tokens.added + tokens.replaced,
    },
  }
}

function linesOf({ users, clients, tokens, faults, isWritten }: ImportReport, dryRun: boolean): string[] {
  const row = (name: string, { added, replaced, unchanged, expired, faulty }: ImportReport['clients']) => [
    name,
    ...[added, replaced, unchanged, expired, faulty].map(String),
  ]
  const end = isWritten
    ? 'Written.'
    : dryRun
      ? 'Nothing was written: this was a dry run.'
      : 'Nothing was written: fix the faults, or skip them with --skip-faulty.'
  return [
    ...table([
      ['', 'ADDED', 'REPLACED', 'UNCHANGED', 'EXPIRED', 'FAULTY'],
      row('clients', clients),
      row('tokens', tokens),
    ]),
    ...(users > 0 ? [`${count(users, 'user')} without a password ${isWritten ? 'added' : 'to add'}`] : []),
    ...(faults > 0 ? [count(faults, 'fault')] : []),
    end,
  ]
}
