import { type Command, databaseOptions, optional } from '../command.ts'
import { pageOptions, printList } from '../listing.ts'
import { minute } from '../output.ts'
import { findClient, type TokenSummary, tokenPage } from '../provider.ts'
import { unknownClient } from '../refusal.ts'
import { userId, withServices } from '../services.ts'

export const tokenList: Command = {
  name: 'token list',
  aliases: ['token ls'],
  summary: 'List the tokens that have not expired',
  options: [
    { flags: '--user NAME', summary: 'Only tokens of this user' },
    { flags: '--client KEY', summary: 'Only tokens of this client' },
    {
      flags: '--search TEXT',
      summary: 'Only tokens with this in the token, or in the name of client or user',
    },
    ...pageOptions,
    ...databaseOptions,
  ],
  notes: `LIFE shows when a token expires, when it was last used, and whether it is idle; times are UTC.
When it was last used is kept where its client has an idle limit.`,
  examples: ['token list --user anna', 'token list --client KEY --limit 50 --json'],
  run: (given) =>
    withServices(
      given,
      async (services) => {
        const clientId = optional(given, 'client')
        if (clientId !== undefined && !(await findClient(services.db, clientId)))
          throw unknownClient(clientId)
        const filter = { userId: await userId(services, given), clientId, search: optional(given, 'search') }
        await printList(given, tokenList, {
          headings: ['TOKEN', 'CLIENT', 'USER', 'SCOPE', 'SINCE (UTC)', 'LIFE'],
          page: (request) => tokenPage(services, filter, request),
          cells: ({ oauthToken, clientName, userName, scope, createdAt, ...life }) => [
            ...[oauthToken, clientName, userName ?? '-', scope ?? '-', minute(createdAt)],
            lifeText(life),
          ],
          empty: 'There is no such token. Issue one with: token add --client KEY --user NAME',
        })
      },
      { asStarted: true },
    ),
}

/** When it expires, when it was last used, and whether it is idle; a dash for none. */
export function lifeText({
  expiresAt,
  lastUsedAt,
  isIdle,
}: Pick<TokenSummary, 'expiresAt' | 'lastUsedAt' | 'isIdle'>): string {
  const words = [
    ...(expiresAt === null ? [] : [`ends ${minute(expiresAt)}`]),
    ...(lastUsedAt === null ? [] : [`used ${minute(lastUsedAt)}`]),
    ...(isIdle ? ['idle'] : []),
  ]
  return words.join(', ') || '-'
}
