import { suspendTokens } from '../accounts/suspension.ts'
import type { Database } from '../database/schema.ts'
import { sealOf } from '../database/seal.ts'
import { InputError } from '../input-error.ts'
import { nowSeconds, sha256 } from '../random.ts'
import type {
  ImportCounts,
  ImportedClient,
  ImportedToken,
  ImportFault,
  ImportOptions,
  ImportRecord,
  ImportReport,
} from './import-record.ts'
import { ImportedPairs } from './imported-pairs.ts'
import {
  type ClientRow,
  importedClientRow,
  importedTokenRow,
  isSame,
  newClientRow,
  newTokenRow,
  type TokenRow,
} from './imported-rows.ts'
import { ImportedUsers } from './imported-users.ts'

/** The fields that make a client different. A name that an operator has changed here does not count. */
const clientFields = {
  client_secret: 'secret',
  default_redirect_uri: 'callbacks',
  rsa_public_key: 'RSA key',
  owner_id: 'owner',
  oauth2_client_id: 'OAuth 2 client',
} as const
const tokenFields = {
  client_id: 'client',
  oauth_token_secret: 'secret',
  user_id: 'user',
  scope: 'scope',
  expires_at: 'end',
} as const

/** One pass through a source: to check it, or to write it. */
export class ImportPass {
  readonly #db: Database
  readonly #options: ImportOptions
  readonly #writes: boolean
  readonly #users: ImportedUsers
  readonly #pairs: ImportedPairs
  readonly #clients = noCounts()
  readonly #tokens = noCounts()
  /** Hashes of the keys and tokens so far: the only memory that grows with the source, by about 100 octets a record. */
  readonly #seen = new Set<string>()
  /** Hashes of the keys of valid clients so far: tokens of other clients are faults. */
  readonly #rightClients = new Set<string>()
  /** Faults so far. */
  faults = 0

  constructor(db: Database, options: ImportOptions, writes: boolean) {
    this.#db = db
    this.#options = options
    this.#writes = writes
    this.#users = new ImportedUsers(db, options, writes)
    this.#pairs = new ImportedPairs(db)
  }

  /** Records of one kind. */
  async take(records: readonly ImportRecord[]): Promise<void> {
    for (const record of records) if (record.kind === 'fault') this.#fault(record)
    await this.#takeClients(records.filter((record) => record.kind === 'client'))
    await this.#takeTokens(records.filter((record) => record.kind === 'token'))
  }

  report(): ImportReport {
    return {
      users: this.#users.created,
      clients: this.#clients,
      tokens: this.#tokens,
      faults: this.faults,
      isWritten: this.#writes,
    }
  }

  async #takeClients(clients: readonly ImportedClient[]): Promise<void> {
    const rows = await this.#checked(clients, this.#clients, async (client) => {
      this.#once('client', client.key)
      const row = importedClientRow(client, await this.#users.idOf(client.owner))
      await this.#pairs.take(row)
      return row
    })
    if (rows.length === 0) return
    const keys = rows.map(({ row }) => row.client_id)
    for (const key of keys) this.#rightClients.add(markOf('client', key))
    const stored = await this.#db
      .selectFrom('oauth_client')
      .select(['client_id', 'client_secret', 'default_redirect_uri', 'rsa_public_key', 'owner_id'])
      .select('oauth2_client_id')
      .where('client_id', 'in', keys)
      .execute()
    const seal = sealOf(this.#db)
    const known = new Map(
      stored.map((row) => [
        row.client_id,
        { ...row, client_secret: seal.open(row.client_secret ?? '', clientOf(row.client_id)) },
      ]),
    )
    const { added, replaced } = this.#sorted(
      rows,
      known,
      ({ client_id }) => client_id,
      this.#clients,
      clientFields,
    )
    const sealed = (row: ClientRow) => ({
      ...row,
      client_secret: row.client_secret && seal.seal(row.client_secret, clientOf(row.client_id)),
    })
    if (this.#writes) await this.#writeClients(added.map(sealed), replaced.map(sealed))
  }

  async #takeTokens(tokens: readonly ImportedToken[]): Promise<void> {
    const clients = await this.#clientsOf(tokens)
    const now = nowSeconds()
    const live = tokens.filter(({ expiresAt }) => (expiresAt ?? Number.POSITIVE_INFINITY) > now)
    this.#tokens.expired += tokens.length - live.length
    const rows = await this.#checked(live, this.#tokens, async (token) => {
      if (!clients.has(token.client) && !this.#rightClients.has(markOf('client', token.client)))
        throw new InputError('client', `no client has the key ${token.client}`)
      this.#once('token', token.token)
      return importedTokenRow(token, await this.#users.idOf(token.user))
    })
    if (rows.length === 0) return
    const names = rows.map(({ row }) => row.oauth_token)
    const stored = await this.#db
      .selectFrom('oauth_token_credential')
      .select(['oauth_token', 'client_id', 'oauth_token_secret', 'user_id', 'scope', 'expires_at'])
      .where('oauth_token', 'in', names)
      .execute()
    const seal = sealOf(this.#db)
    const known = new Map(
      stored.map((row) => [
        row.oauth_token,
        { ...row, oauth_token_secret: seal.open(row.oauth_token_secret, tokenOf(row)) },
      ]),
    )
    const { added, replaced } = this.#sorted(
      rows,
      known,
      ({ oauth_token }) => oauth_token,
      this.#tokens,
      tokenFields,
    )
    const sealed = (row: TokenRow) => ({
      ...row,
      oauth_token_secret: seal.seal(row.oauth_token_secret, tokenOf(row)),
    })
    if (this.#writes) await this.#writeTokens(added.map(sealed), replaced.map(sealed))
  }

  /** The rows of valid records; faults of the others are reported. */
  async #checked<Record extends ImportedClient | ImportedToken, Row>(
    records: readonly Record[],
    counts: ImportCounts,
    rowOf: (record: Record) => Promise<Row>,
  ): Promise<{ readonly record: Record; readonly row: Row }[]> {
    const rows = []
    for (const record of records) {
      try {
        rows.push({ record, row: await rowOf(record) })
      } catch (error) {
        if (!(error instanceof InputError)) throw error
        counts.faulty++
        this.#fault({ kind: 'fault', at: record.at, message: error.message })
      }
    }
    return rows
  }

  /** The rows to write, compared with the existing ones. */
  #sorted<Row extends object>(
    rows: readonly { readonly record: { readonly at: string }; readonly row: Row }[],
    known: ReadonlyMap<string, object>,
    keyOf: (row: Row) => string,
    counts: ImportCounts,
    fields: Readonly<Record<string, string>>,
  ): { readonly added: Row[]; readonly replaced: Row[] } {
    const added: Row[] = []
    const replaced: Row[] = []
    for (const { record, row } of rows) {
      const stored = known.get(keyOf(row))
      if (stored === undefined) {
        counts.added++
        added.push(row)
      } else if (isSame({ ...stored }, row, Object.keys(fields))) counts.unchanged++
      else if (this.#options.replace === true) {
        counts.replaced++
        replaced.push(row)
      } else {
        counts.faulty++
        const differing = Object.entries(fields).filter(([field]) => !isSame({ ...stored }, row, [field]))
        const words = differing.map(([, word]) => word).join(', ')
        const message = `it exists already with a different ${words}: replace it, or leave it out`
        this.#fault({ kind: 'fault', at: record.at, message })
      }
    }
    return { added, replaced }
  }

  async #writeClients(added: readonly ClientRow[], replaced: readonly ClientRow[]): Promise<void> {
    await this.#db.transaction().execute(async (transaction) => {
      if (added.length > 0)
        await transaction.insertInto('oauth_client').values(added.map(newClientRow)).execute()
      for (const { client_id, policy: _, created_at: __, ...row } of replaced) {
        await transaction
          .updateTable('oauth_client')
          // The verified mark was for the earlier client, and an imported secret is the only one.
          .set({ ...row, verified_at: null })
          .$if(row.client_secret !== undefined, (update) =>
            update.set({ previous_secret: null, previous_secret_until: null }),
          )
          .where('client_id', '=', client_id)
          .execute()
      }
    })
  }

  async #writeTokens(added: readonly TokenRow[], replaced: readonly TokenRow[]): Promise<void> {
    await this.#db.transaction().execute(async (transaction) => {
      if (added.length > 0)
        await transaction.insertInto('oauth_token_credential').values(added.map(newTokenRow)).execute()
      for (const { oauth_token, ...row } of replaced) {
        await transaction
          .updateTable('oauth_token_credential')
          .set({ ...row, suspended_at: null })
          .where('oauth_token', '=', oauth_token)
          .execute()
      }
      await suspendTokens(transaction)
    })
  }

  async #clientsOf(tokens: readonly ImportedToken[]): Promise<ReadonlySet<string>> {
    const keys = [...new Set(tokens.map(({ client }) => client))]
    if (keys.length === 0) return new Set()
    const rows = await this.#db
      .selectFrom('oauth_client')
      .select('client_id')
      .where('client_id', 'in', keys)
      .execute()
    return new Set(rows.map(({ client_id }) => client_id))
  }

  /** @throws InputError for a record that the source has twice. */
  #once(kind: 'client' | 'token', name: string): void {
    const mark = markOf(kind, name)
    if (this.#seen.has(mark)) throw new InputError(kind, `the source has this ${kind} twice`)
    this.#seen.add(mark)
  }

  #fault(fault: ImportFault): void {
    this.faults++
    this.#options.onFault?.(fault)
  }
}

/** The rows for which secrets are sealed. */
function clientOf(clientId: string) {
  return { kind: 'client', clientId } as const
}

function tokenOf({ client_id, oauth_token }: Pick<TokenRow, 'client_id' | 'oauth_token'>) {
  return { kind: 'token', clientId: client_id, oauthToken: oauth_token } as const
}

function noCounts(): ImportCounts {
  return { added: 0, replaced: 0, unchanged: 0, expired: 0, faulty: 0 }
}

function markOf(kind: 'client' | 'token', name: string): string {
  return `${kind[0]}${sha256(name).slice(0, 22)}`
}
