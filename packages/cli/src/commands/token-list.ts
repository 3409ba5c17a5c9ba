import { listTokens } from '@countersign/provider'
import { type Command, databaseOptions, optional } from '../command.ts'
import { print, table } from '../output.ts'
import { userId, withServices } from '../services.ts'

export const tokenList: Command = {
  name: 'token list',
  summary: 'List the tokens',
  options: [
    { flags: '--user NAME', summary: 'Only those of this user' },
    { flags: '--client KEY', summary: 'Only those of this client' },
    ...databaseOptions,
  ],
  run: (given) =>
    withServices(given, async (services) => {
      const filter = { userId: await userId(services, given), clientId: optional(given, 'client') }
      const tokens = await listTokens(services.db, filter)
      const rows = tokens.map((token) => [token.oauthToken, token.clientName, token.userName ?? '-'])
      print(given, tokens, table(rows))
    }),
}
