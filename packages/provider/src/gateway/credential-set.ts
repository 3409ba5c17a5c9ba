import { type Client, ConfigurationError, type TokenCredential } from 'countersign'
import { mixedRecords } from '../import/file-records.ts'
import type { ImportedClient, ImportedToken, ImportRecord } from '../import/import-record.ts'
import { checkedKeys, importedTokenRow } from '../import/imported-rows.ts'
import { InputError } from '../input-error.ts'
import { FaultList } from './fault-list.ts'

/** All accepted clients and tokens, by their keys. */
export interface CredentialSet {
  readonly clients: ReadonlyMap<string, Client>
  /** The same clients by their paired OAuth 2 client; the first of several. */
  readonly paired: ReadonlyMap<string, Client>
  readonly tokens: ReadonlyMap<string, TokenCredential>
}

/** How many there are. */
export interface CredentialCounts {
  readonly clients: number
  readonly tokens: number
}

/** The content of files, and every fault in them. */
export interface ReadCredentials {
  readonly set: CredentialSet
  readonly faults: FaultList
}

const maxUserLength = 255

/**
 * Reads and checks files of clients and tokens, and says how many there are.
 *
 * @param files - Each ends in `.json`, `.csv` or `.jsonl`.
 * @throws ConfigurationError with a line for each fault; no line quotes a secret.
 */
export async function checkCredentials(files: readonly string[]): Promise<CredentialCounts> {
  const { set, faults } = await readCredentials(files)
  if (faults.count > 0) throw credentialsError(faults)
  return { clients: set.clients.size, tokens: set.tokens.size }
}

/** Reports all faults in files. */
export function credentialsError({ lines }: FaultList): ConfigurationError {
  return new ConfigurationError(`GATEWAY_CREDENTIALS: the files cannot be used.\n${lines.join('\n')}`)
}

/** Reads files whose tokens may belong to clients in any of them. */
export async function readCredentials(files: readonly string[]): Promise<ReadCredentials> {
  const reading = new Reading()
  for (const file of files) await reading.take(file)
  return reading.end()
}

class Reading {
  readonly #clients = new Map<string, Client>()
  readonly #paired = new Map<string, Client>()
  readonly #tokens = new Map<string, TokenCredential>()
  /** Keys that have a record, even a faulty one: the tokens of such a client are not a further fault. */
  readonly #named = new Set<string>()
  readonly #faults = new FaultList()
  /** Where each token stands. */
  readonly #places = new Map<string, string>()

  async take(file: string): Promise<void> {
    try {
      for await (const record of mixedRecords(file)) this.#record(record)
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      this.#faults.add(error.message)
    }
  }

  end(): ReadCredentials {
    for (const [oauthToken, { clientId }] of this.#tokens)
      if (!this.#named.has(clientId))
        this.#faults.add(`${this.#places.get(oauthToken)}: no client has its key`)
    const set = { clients: this.#clients, paired: this.#paired, tokens: this.#tokens }
    return { set, faults: this.#faults }
  }

  #record(record: ImportRecord): void {
    try {
      if (record.kind === 'fault') throw new InputError('', record.message)
      if (record.kind === 'client') this.#client(record)
      else this.#token(record)
    } catch (error) {
      if (!(error instanceof InputError)) throw error
      this.#faults.add(`${record.at}: ${error.message}`)
    }
  }

  #client(client: ImportedClient): void {
    const { key, oauth2ClientId } = client
    if (key === '') throw new InputError('key', 'the key is missing')
    if (this.#named.has(key)) throw new InputError('key', 'another client has this key')
    this.#named.add(key)
    const checked = checkedClient(client)
    this.#clients.set(key, checked)
    if (oauth2ClientId !== undefined && !this.#paired.has(oauth2ClientId))
      this.#paired.set(oauth2ClientId, checked)
  }

  #token(token: ImportedToken): void {
    if (this.#places.has(token.token)) throw new InputError('token', 'the token occurs twice')
    const checked = checkedToken(token)
    this.#places.set(token.token, token.at)
    this.#tokens.set(token.token, checked)
  }
}

/** A client's key is not part of any URL here, so it may contain more characters than a provider's. */
function checkedClient(client: ImportedClient): Client {
  if (!/^[\x21-\x7e]{1,255}$/.test(client.key))
    throw new InputError('key', 'the key must be 1 to 255 printable ASCII characters without spaces')
  const rsaPublicKey = checkedKeys(client)
  return {
    clientId: client.key,
    ...(client.secret && { clientSecret: client.secret }),
    ...(rsaPublicKey !== undefined && { rsaPublicKey }),
  }
}

function checkedToken(token: ImportedToken): TokenCredential {
  const user = token.user ?? undefined
  if (token.client === '') throw new InputError('client', 'the client is missing')
  if (user !== undefined && (user.length > maxUserLength || /\p{Surrogate}/u.test(user)))
    throw new InputError('user', `the user must be a text of at most ${maxUserLength} characters`)
  const { client_id, oauth_token, oauth_token_secret, scope, expires_at } = importedTokenRow(token, undefined)
  return {
    clientId: client_id,
    oauthToken: oauth_token,
    oauthTokenSecret: oauth_token_secret,
    ...(user !== undefined && { userId: user }),
    ...(scope && { scope }),
    ...(typeof expires_at === 'number' && { expiresAt: expires_at }),
  }
}
