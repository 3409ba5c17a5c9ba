import {
  type Command,
  databaseOptions,
  type Invocation,
  optional,
  UsageError,
  yesOption,
} from '../command.ts'
import { confirm, count } from '../confirmation.ts'
import { print } from '../output.ts'
import { countAccess, findClient, revokeToken, revokeTokens } from '../provider.ts'
import { unknownClient, unknownToken } from '../refusal.ts'
import { userId, withServices } from '../services.ts'
import { tokenArgument } from '../token-argument.ts'

export const tokenRevoke: Command = {
  name: 'token revoke',
  aliases: ['token remove', 'token delete', 'token rm'],
  summary: 'Revoke a token, or all tokens of a user, a client, or both',
  argument: tokenArgument,
  options: [
    { flags: '--user NAME', summary: 'All tokens of this user' },
    { flags: '--client KEY', summary: 'All tokens of this client' },
    yesOption,
    ...databaseOptions,
  ],
  notes: 'A single token is revoked at once; for several, the command asks first.',
  examples: ['token revoke TOKEN', 'token revoke --user anna', 'token revoke --client KEY --yes'],
  async run(given) {
    const oauthToken = optional(given, 'token')
    const isMany = optional(given, 'user') !== undefined || optional(given, 'client') !== undefined
    if (oauthToken === undefined && !isMany) throw new UsageError('Use TOKEN, --user or --client.')
    if (oauthToken !== undefined && isMany)
      throw new UsageError('Use TOKEN alone, or --user and --client, not both.')
    if (oauthToken === undefined) return revokeMany(given)
    await withServices(given, async (services) => {
      if (!(await revokeToken(services, oauthToken))) throw unknownToken()
      print(given, { revoked: oauthToken }, ['Token revoked.'])
    })
  },
}

function revokeMany(given: Invocation): Promise<void> {
  return withServices(given, async (services) => {
    const clientId = optional(given, 'client')
    if (clientId !== undefined && !(await findClient(services.db, clientId))) throw unknownClient(clientId)
    const filter = { userId: await userId(services, given), clientId }
    const { tokens, users, clients } = await countAccess(services.db, filter)
    const of = [
      ...(filter.userId === undefined ? [`of ${count(users, 'user')}`] : []),
      ...(clientId === undefined ? [`held by ${count(clients, 'client')}`] : []),
    ]
    if (tokens > 0)
      await confirm(given, `${count(tokens, 'token')} ${of.join(', ')} will end.`.replace('  ', ' '))
    const revoked = await revokeTokens(services, filter)
    print(given, { revoked }, [`${count(revoked, 'token')} revoked.`])
  })
}
