import process from 'node:process'
import { findClient, InputError, issueToken } from '@countersign/provider'
import { optionsFromEnv } from 'countersign'
import { type Command, databaseOptions, required } from '../command.ts'
import { print } from '../output.ts'
import { userId, withServices } from '../services.ts'

export const tokenAdd: Command = {
  name: 'token add',
  summary: 'Issue a token for a user without the flow, and print it',
  options: [
    { flags: '--client KEY', summary: 'The key of the client', required: true },
    { flags: '--user NAME', summary: 'The user it acts for', required: true },
    ...databaseOptions,
  ],
  async run(given) {
    const clientId = required(given, 'client')
    const work: Parameters<typeof withServices>[1] = async (services) => {
      const owner = await userId(services, given)
      if (!(await findClient(services.db, clientId)))
        throw new InputError('client', `No client has the key ${clientId}.`)
      const token = await issueToken(services, clientId, owner)
      print(given, token, [
        'Token issued. The secret is shown only once.',
        `Token   ${token.oauthToken}`,
        `Secret  ${token.oauthTokenSecret}`,
      ])
    }
    // The environment says how long tokens are, here as where they are issued by the flow.
    await withServices(given, work, { options: optionsFromEnv(setVariables(process.env)) })
  },
}

/** Without those that are empty, which count as absent. */
function setVariables(env: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
}
