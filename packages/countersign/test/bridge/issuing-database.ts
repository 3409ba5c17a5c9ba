import type { IssueRequest, TokenGrantHooks } from 'countersign/bridge'
import { kyselyGrantHooks, type OAuth1TokenGrantColumns, withTokenGrantColumns } from 'countersign/kysely'
import type { Kysely } from 'kysely'
import { connect } from '../stores/backends/kysely.ts'

interface Tables {
  oauth_token_grant: OAuth1TokenGrantColumns
  access_token: { token: string; grant_id: string }
}

/** A database that keeps both the grants and the tokens that an OAuth 2 server issued. */
export class IssuingDatabase {
  readonly #db: Kysely<Tables>
  readonly grants: TokenGrantHooks

  constructor(config: string) {
    this.#db = connect(config) as unknown as Kysely<Tables>
    const { queryTokenGrants, writeTokenGrants } = kyselyGrantHooks(this.#db)
    this.grants = { queryTokenGrants, writeTokenGrants }
  }

  async createTables(): Promise<void> {
    const { schema } = this.#db
    await schema.createTable('oauth_token_grant').$call(withTokenGrantColumns).execute()
    await schema
      .createTable('access_token')
      .addColumn('token', 'varchar(64)', (column) => column.primaryKey())
      .addColumn('grant_id', 'varchar(64)', (column) => column.notNull())
      .execute()
  }

  readonly hooks = {
    issueTokens: async ({ grantId }: IssueRequest) => {
      const token = `${process.pid}-${grantId}`.slice(0, 64)
      await this.#db.insertInto('access_token').values({ token, grant_id: grantId }).execute()
      return { accessToken: token }
    },
    revokeTokens: (grantId: string) =>
      this.#db.deleteFrom('access_token').where('grant_id', '=', grantId).execute(),
  }

  async valid(): Promise<string[]> {
    const rows = await this.#db.selectFrom('access_token').select('token').execute()
    return rows.map(({ token }) => token)
  }

  close(): Promise<void> {
    return this.#db.destroy()
  }
}
