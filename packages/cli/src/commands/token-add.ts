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
import { InputError, issueToken, type NewToken } from '../provider.ts'
import { broughtSecret, secretOptions, tokenSecret } from '../secret.ts'
import { userId, withServices } from '../services.ts'

export const tokenAdd: Command = {
  name: 'token add',
  summary: 'Issue a token for a user without the flow, and print it',
  options: [
    { flags: '--client KEY', summary: 'The key of the client', required: true },
    { flags: '--user NAME', summary: 'The user it acts for', required: true },
    { flags: '--scope SCOPE', summary: 'A scope that it has', repeatable: true },
    {
      flags: '--lifetime SECONDS',
      summary: 'How long it is valid, 0 forever; without it as the policy of the client says',
    },
    { flags: '--token TOKEN', summary: 'A token that the client has already; without it a new one' },
    ...secretOptions(tokenSecret),
    ...databaseOptions,
  ],
  notes:
    'A token that the client has already needs its secret, from --token-secret-file or --token-secret-stdin.',
  async run(given) {
    const clientId = required(given, 'client')
    const token: NewToken = {
      scope: listed(given, 'scope').join(' '),
      lifetimeSeconds: lifetimeOf(optional(given, 'lifetime')),
      credential: await credentialOf(given),
    }
    // The environment says how long tokens are, and which scopes there are, here as where they are issued by the flow.
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

function lifetimeOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^\d{1,10}$/.test(text)) return Number(text)
  throw new InputError('lifetime', `--lifetime must be a whole number of seconds; it is ${text}.`)
}
