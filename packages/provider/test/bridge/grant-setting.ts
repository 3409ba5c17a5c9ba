import { StoreError } from 'countersign'
import { ExchangeError, scopeTable, TokenExchange } from 'countersign/bridge'
import { Issuer, parameters } from '../../../countersign/test/bridge/setting.ts'
import { available } from '../../../countersign/test/services.ts'
import {
  createDatabase,
  databaseConfig,
  removeDatabase,
} from '../../../countersign/test/stores/backends/databases.ts'
import { exchangeHooks } from '../../src/bridge/exchange-hooks.ts'
import { revokeEndedGrants } from '../../src/bridge/grant-upkeep.ts'
import { createAccount, type IssuedToken, issueToken, openServices, registerClient } from '../../src/index.ts'

/** The databases that are there: name and address. */
export const databases: [name: string, database: string][] = [['SQLite', databaseConfig('sqlite')]]
if (await available('postgres')) databases.push(['PostgreSQL', databaseConfig('postgres')])
if (await available('mariadb')) databases.push(['MariaDB', databaseConfig('mariadb')])

/** A provider's database, an OAuth 2 server that keeps its tokens in memory, and what one makes of the other. */
export class GrantSetting {
  readonly services: Awaited<ReturnType<typeof openServices>>
  readonly database: string
  issuer = new Issuer()
  readonly #userId: number

  private constructor(services: GrantSetting['services'], database: string, userId: number) {
    this.services = services
    this.database = database
    this.#userId = userId
  }

  static async open(database: string): Promise<GrantSetting> {
    await createDatabase(database)
    const services = await openServices({ database, logLevel: 'silent' })
    const { id } = await createAccount(services.db, 'anna', 'correct horse battery')
    return new GrantSetting(services, database, id)
  }

  async close(): Promise<void> {
    await this.services.close()
    await removeDatabase(this.database)
  }

  /** A token of a client that is paired with an OAuth 2 client. */
  async token(isPaired = true): Promise<IssuedToken> {
    const { db } = this.services
    const { clientId } = await registerClient(db, { name: 'Album', callbacks: [] })
    if (isPaired) {
      const client = db.updateTable('oauth_client').set({ oauth2_client_id: `of ${clientId}` })
      await client.where('client_id', '=', clientId).execute()
    }
    return this.issue(clientId)
  }

  issue(clientId: string): Promise<IssuedToken> {
    return issueToken(this.services, clientId, this.#userId)
  }

  /** The hooks of an exchange here. */
  get hooks() {
    const scopesFor = scopeTable({ '': ['photos.read'] })
    return { ...exchangeHooks(this.services), ...this.issuer.hooks, scopesFor }
  }

  /** Exchanges a token. Returns the response, or the code of the error. */
  async exchange({ clientId, oauthToken, oauthTokenSecret }: IssuedToken, hooks: object = {}) {
    const { protector } = this.services
    const exchange = new TokenExchange({ protector, hooks: { ...this.hooks, ...hooks } })
    const presented = { subject_token: oauthToken, oauth_token_secret: oauthTokenSecret }
    try {
      return await exchange.exchange(`of ${clientId}`, { ...parameters, ...presented })
    } catch (error) {
      if (error instanceof ExchangeError || error instanceof StoreError) return error.code
      throw error
    }
  }

  revoke({ clientId, oauthToken }: IssuedToken): Promise<boolean> {
    return this.services.server.revokeToken(clientId, oauthToken)
  }

  /** The upkeep of the OAuth 2 server's process, once. */
  revokeEnded(
    revokeTokens: (grantId: string) => unknown = this.issuer.hooks.revokeTokens,
    options: Parameters<typeof revokeEndedGrants>[2] = {},
  ) {
    return revokeEndedGrants(this.services, revokeTokens, options)
  }

  /** Lets this much time pass for the records of tokens. */
  async later(seconds: number): Promise<void> {
    for (const column of ['revoke_at', 'expires_at'] as const)
      await this.services.db
        .updateTable('oauth_token_grant')
        .set((row) => ({ [column]: row(column, '-', seconds) }))
        .execute()
  }

  rows() {
    return this.services.db.selectFrom('oauth_token_grant').selectAll().execute()
  }

  async row({ oauthToken }: IssuedToken) {
    return (await this.rows()).find((row) => row.oauth_token === oauthToken)
  }
}
