import { type Command, databaseOptions, type Invocation, optional, UsageError } from '../command.ts'
import { print } from '../output.ts'
import { findClient, InputError, revokeToken, revokeTokens } from '../provider.ts'
import { userId, withServices } from '../services.ts'

export const tokenRevoke: Command = {
  name: 'token revoke',
  summary: 'Revoke a token, or all of a user, of a client, or of both',
  options: [
    { flags: '--token TOKEN', summary: 'The token' },
    { flags: '--user NAME', summary: 'All that this user allowed' },
    { flags: '--client KEY', summary: 'All that this client holds' },
    ...databaseOptions,
  ],
  async run(given) {
    const oauthToken = optional(given, 'token')
    const isMany = optional(given, 'user') !== undefined || optional(given, 'client') !== undefined
    if (oauthToken === undefined && !isMany) throw new UsageError('Use --token, --user or --client.')
    if (oauthToken !== undefined && isMany)
      throw new UsageError('Use --token alone, or --user and --client, not both.')
    if (oauthToken === undefined) return revokeMany(given)
    await withServices(given, async (services) => {
      if (!(await revokeToken(services, oauthToken))) throw new InputError('token', 'There is no such token.')
      print(given, { revoked: oauthToken }, ['Token revoked.'])
    })
  },
}

function revokeMany(given: Invocation): Promise<void> {
  return withServices(given, async (services) => {
    const clientId = optional(given, 'client')
    if (clientId !== undefined && !(await findClient(services.db, clientId)))
      throw new InputError('client', `No client has the key ${clientId}.`)
    const count = await revokeTokens(services, { userId: await userId(services, given), clientId })
    print(given, { revoked: count }, [`${count} ${count === 1 ? 'token' : 'tokens'} revoked.`])
  })
}
