import { InputError, revokeToken } from '@countersign/provider'
import { type Command, databaseOptions, required } from '../command.ts'
import { print } from '../output.ts'
import { withServices } from '../services.ts'

export const tokenRevoke: Command = {
  name: 'token revoke',
  summary: 'Revoke a token',
  options: [{ flags: '--token TOKEN', summary: 'The token', required: true }, ...databaseOptions],
  run: (given) =>
    withServices(given, async (services) => {
      const oauthToken = required(given, 'token')
      if (!(await revokeToken(services, oauthToken))) throw new InputError('token', 'There is no such token.')
      print(given, { revoked: oauthToken }, ['Token revoked.'])
    }),
}
