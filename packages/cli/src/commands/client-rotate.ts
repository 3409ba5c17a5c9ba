import {
  type Command,
  databaseOptions,
  type Invocation,
  keyArgument,
  optional,
  required,
} from '../command.ts'
import { print } from '../output.ts'
import { InputError, recordAudit, replaceSecret } from '../provider.ts'
import { unknownClient } from '../refusal.ts'
import { broughtSecret, clientSecret as secretKind, secretOptions } from '../secret.ts'
import { withServices } from '../services.ts'

export const clientRotate: Command = {
  name: 'client rotate',
  aliases: ['client secret'],
  summary: 'Replace the secret of a client',
  argument: keyArgument,
  options: [
    {
      flags: '--overlap SECONDS',
      summary: 'How long the old one keeps working (default: not at all)',
    },
    ...secretOptions(secretKind),
    ...databaseOptions,
  ],
  notes: `Without --secret-file and --secret-stdin, a new secret is generated. Tokens stay valid.
While two secrets work, "client rotate" once more ends the older one at once.`,
  examples: ['client rotate KEY --overlap 86400', 'client rotate KEY --secret-file secret.txt'],
  async run(given) {
    const clientId = required(given, 'key')
    const overlapSeconds = overlapOf(given)
    const secret = await broughtSecret(given, secretKind)
    await withServices(given, async (services) => {
      const clientSecret = await replaceSecret(services.db, clientId, { secret, overlapSeconds })
      if (clientSecret === undefined) throw unknownClient(clientId)
      await recordAudit(services, {
        action: 'client.secret-replaced',
        subject: { kind: 'client', id: clientId },
        details: { overlapSeconds },
      })
      print(given, { clientId, clientSecret, overlapSeconds }, [
        'The secret was replaced. The new one is shown only once.',
        `Key     ${clientId}`,
        `Secret  ${clientSecret}`,
        ...(overlapSeconds > 0 ? [`The old one works for ${overlapSeconds} seconds more.`] : []),
      ])
    })
  },
}

function overlapOf(given: Invocation): number {
  const text = optional(given, 'overlap') ?? '0'
  // A year: a secret that stays valid longer has not been replaced.
  if (/^\d{1,8}$/.test(text) && Number(text) <= 366 * 24 * 3600) return Number(text)
  throw new InputError('overlap', '--overlap must be a whole number of seconds, of at most a year.')
}
