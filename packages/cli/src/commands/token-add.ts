import {
  type Command,
  databaseOptions,
  type Invocation,
  listed,
  optional,
  required,
  UsageError,
} from '../command.ts'
import { print } from '../output.ts'
import { issueToken, type NewToken } from '../provider.ts'
import { broughtSecret, secretOptions, tokenSecret } from '../secret.ts'
import { userId, withServices } from '../services.ts'
import { lifetimeOf, lifetimeOption, scopeOption } from '../token-argument.ts'

export const tokenAdd: Command = {
  name: 'token add',
  summary: 'Issue a token for a user without the flow, and print it',
  options: [
    { flags: '--client KEY', summary: 'The key of the client', required: true },
    { flags: '--user NAME', summary: 'The user it acts for', required: true },
    scopeOption,
    { ...lifetimeOption, summary: `${lifetimeOption.summary}; without it as the client’s policy says` },
    { flags: '--token TOKEN', summary: 'An existing token; without it, a new one' },
    ...secretOptions(tokenSecret),
    ...databaseOptions,
  ],
  notes: 'An existing token needs its secret, from --token-secret-file or --token-secret-stdin.',
  examples: [
    'token add --client KEY --user anna',
    'token add --client KEY --user anna --token TOKEN --token-secret-file token-secret.txt',
  ],
  async run(given) {
    const clientId = required(given, 'client')
    const token: NewToken = {
      scope: listed(given, 'scope').join(' '),
      lifetimeSeconds: lifetimeOf(given),
      credential: await credentialOf(given),
    }
    // The environment decides the length of tokens and the scopes, as it does for tokens from the flow.
    await withServices(
      given,
      async (services) => {
        const owner = await userId(services, given)
        const issued = await issueToken(services, clientId, owner, token)
        print(given, issued, [
          'Token issued. The secret is shown only once.',
          `Token   ${issued.oauthToken}`,
          `Secret  ${issued.oauthTokenSecret}`,
        ])
      },
      { asStarted: true },
    )
  },
}

async function credentialOf(given: Invocation): Promise<NewToken['credential']> {
  const oauthToken = optional(given, 'token')
  const oauthTokenSecret = await broughtSecret(given, tokenSecret)
  if (oauthToken === undefined && oauthTokenSecret === undefined) return undefined
  if (oauthToken !== undefined && oauthTokenSecret !== undefined) return { oauthToken, oauthTokenSecret }
  throw new UsageError(
    'A token needs its secret, and a secret its token: use --token with --token-secret-file.',
  )
}
