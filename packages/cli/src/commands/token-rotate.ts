import { type Command, databaseOptions, required } from '../command.ts'
import { print } from '../output.ts'
import { replaceToken } from '../provider.ts'
import { unknownToken } from '../refusal.ts'
import { withServices } from '../services.ts'
import { tokenArgument } from '../token-argument.ts'

export const tokenRotate: Command = {
  name: 'token rotate',
  summary: 'Replace a token and its secret; the old one stops working at once',
  argument: { ...tokenArgument, required: true },
  options: databaseOptions,
  notes: 'The new token is for the same client and user, with the same scopes and expiry.',
  examples: ['token rotate TOKEN', 'token rotate TOKEN --json'],
  run: (given) =>
    withServices(
      given,
      async (services) => {
        const issued = await replaceToken(services, required(given, 'token'))
        if (issued === undefined) throw unknownToken()
        print(given, issued, [
          'The token was replaced. The new secret is shown only once.',
          `Token   ${issued.oauthToken}`,
          `Secret  ${issued.oauthTokenSecret}`,
        ])
      },
      { asStarted: true },
    ),
}
