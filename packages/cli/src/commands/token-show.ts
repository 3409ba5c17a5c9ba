import { type Command, databaseOptions, required } from '../command.ts'
import { minute, print, table } from '../output.ts'
import { findToken } from '../provider.ts'
import { unknownToken } from '../refusal.ts'
import { withServices } from '../services.ts'
import { tokenArgument } from '../token-argument.ts'
import { lifeText } from './token-list.ts'

export const tokenShow: Command = {
  name: 'token show',
  summary: 'Show one token, without its secret',
  argument: { ...tokenArgument, required: true },
  options: databaseOptions,
  examples: ['token show TOKEN', 'token show TOKEN --json'],
  run: (given) =>
    withServices(
      given,
      async (services) => {
        const token = await findToken(services, required(given, 'token'))
        if (token === undefined) throw unknownToken()
        print(
          given,
          token,
          table([
            ['Token', token.oauthToken],
            ['Client', `${token.clientName} (${token.clientId})`],
            ['User', token.userName ?? 'none'],
            ['Scope', token.scope ?? 'none'],
            ['Since', `${minute(token.createdAt)} UTC`],
            [
              'Life',
              token.expiresAt === null
                ? `never ends, ${lifeText(token)}`.replace(', -', '')
                : lifeText(token),
            ],
          ]),
        )
      },
      { asStarted: true },
    ),
}
