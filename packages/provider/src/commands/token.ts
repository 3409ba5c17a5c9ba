import { findClient } from '../clients/clients.ts'
import { InputError } from '../input-error.ts'
import { issueToken, listTokens, revokeToken } from '../tokens/tokens.ts'
import { userId } from './client.ts'
import { type Command, databaseOptions, optional, print, required, table, withDatabase } from './command.ts'

export const tokenCommands: Readonly<Record<string, Command>> = {
  'token add': {
    summary: 'Issue a token for a user without the flow, and print it',
    usage: '--client KEY --user NAME [--database FILE] [--json]',
    options: { ...databaseOptions, client: { type: 'string' }, user: { type: 'string' } },
    async run(given) {
      const clientId = required(given, 'client')
      required(given, 'user')
      await withDatabase(given, false, async (db) => {
        const owner = await userId(db, given)
        if (!(await findClient(db, clientId)))
          throw new InputError('client', `No client has the key ${clientId}.`)
        const token = await issueToken(db, clientId, owner)
        print(given, token, [
          'Token issued. The secret is shown only now.',
          `Token   ${token.oauthToken}`,
          `Secret  ${token.oauthTokenSecret}`,
        ])
      })
    },
  },
  'token list': {
    summary: 'List the tokens',
    usage: '[--user NAME] [--client KEY] [--database FILE] [--json]',
    options: { ...databaseOptions, client: { type: 'string' }, user: { type: 'string' } },
    async run(given) {
      await withDatabase(given, false, async (db) => {
        const tokens = await listTokens(db, {
          userId: await userId(db, given),
          clientId: optional(given, 'client'),
        })
        const rows = tokens.map(({ oauthToken, clientName, userName }) => [
          oauthToken,
          clientName,
          userName ?? '-',
        ])
        print(given, tokens, table(rows))
      })
    },
  },
  'token revoke': {
    summary: 'Revoke a token',
    usage: '--token TOKEN [--database FILE] [--json]',
    options: { ...databaseOptions, token: { type: 'string' } },
    async run(given) {
      const oauthToken = required(given, 'token')
      await withDatabase(given, false, async (db) => {
        if (!(await revokeToken(db, oauthToken))) throw new InputError('token', 'There is no such token.')
        print(given, { revoked: oauthToken }, ['Token revoked.'])
      })
    },
  },
}
