import { type Command, databaseOptions, optional } from '../command.ts'
import { print, table } from '../output.ts'
import { listTokens, type TokenSummary } from '../provider.ts'
import { userId, withServices } from '../services.ts'

export const tokenList: Command = {
  name: 'token list',
  summary: 'List the tokens that have not expired',
  options: [
    { flags: '--user NAME', summary: 'Only those of this user' },
    { flags: '--client KEY', summary: 'Only those of this client' },
    ...databaseOptions,
  ],
  notes: `Each line has the token, its client, its user and its scopes, and where there is such a thing when it ends and when
it was last used, in UTC. When it was last used is kept where its client has an idle limit.`,
  run: (given) =>
    withServices(
      given,
      async (services) => {
        const filter = { userId: await userId(services, given), clientId: optional(given, 'client') }
        const tokens = await listTokens(services, filter)
        print(given, tokens, table(tokens.map(columnsOf)))
      },
      { asStarted: true },
    ),
}

function columnsOf({ oauthToken, clientName, userName, scope, ...life }: TokenSummary): string[] {
  return [oauthToken, clientName, userName ?? '-', scope ?? '-', lifeText(life)]
}

function lifeText({
  expiresAt,
  lastUsedAt,
  isIdle,
}: Pick<TokenSummary, 'expiresAt' | 'lastUsedAt' | 'isIdle'>): string {
  const words = [
    ...(expiresAt === null ? [] : [`ends ${minute(expiresAt)}`]),
    ...(lastUsedAt === null ? [] : [`used ${minute(lastUsedAt)}`]),
    ...(isIdle ? ['asleep'] : []),
  ]
  return words.join(', ')
}

/** `2026-01-31 12:00`. */
function minute(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ')
}
