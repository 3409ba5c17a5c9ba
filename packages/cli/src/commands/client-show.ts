import { type Command, databaseOptions, keyArgument, required } from '../command.ts'
import { count } from '../confirmation.ts'
import { minute, print, table } from '../output.ts'
import { clientDetails, countAccess } from '../provider.ts'
import { unknownClient } from '../refusal.ts'
import { withServices } from '../services.ts'

export const clientShow: Command = {
  name: 'client show',
  summary: 'Show one client, and who uses it',
  argument: keyArgument,
  options: databaseOptions,
  examples: ['client show KEY', 'client show KEY --json'],
  run: (given) =>
    withServices(given, async ({ db }) => {
      const key = required(given, 'key')
      const client = await clientDetails(db, key)
      if (client === undefined) throw unknownClient(key)
      const { tokens, users } = await countAccess(db, { clientId: key })
      print(
        given,
        { ...client, tokens, users },
        table([
          ['Key', client.clientId],
          ['Name', client.name],
          ['Owner', client.ownerName ?? 'none: of the operator'],
          ['Status', client.verifiedAt === null ? client.status : `${client.status}, verified`],
          ['Mode', client.mode],
          ['Since', `${minute(client.createdAt)} UTC`],
          ['Callbacks', client.callbacks.join(' ') || 'none: users type in a code (oob)'],
          ['RSA key', client.hasRsaPublicKey ? 'registered' : 'none'],
          ['OAuth 2', client.oauth2ClientId ?? 'not paired'],
          ['Policy', JSON.stringify(client.policy)],
          ['In use', `${count(users, 'user')}, ${count(tokens, 'token')}`],
        ]),
      )
    }),
}
