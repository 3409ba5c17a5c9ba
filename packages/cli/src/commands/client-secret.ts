import { type Command, databaseOptions, required } from '../command.ts'
import { print } from '../output.ts'
import { InputError, replaceSecret } from '../provider.ts'
import { broughtSecret, clientSecret as secretKind, secretOptions } from '../secret.ts'
import { withServices } from '../services.ts'

export const clientSecret: Command = {
  name: 'client secret',
  summary: 'Replace the secret of a client; the old one ends at once',
  options: [
    { flags: '--key KEY', summary: 'The key of the client', required: true },
    ...secretOptions(secretKind),
    ...databaseOptions,
  ],
  notes: 'Without --secret-file and --secret-stdin a new secret is made. Tokens stay as they are.',
  async run(given) {
    const clientId = required(given, 'key')
    const secret = await broughtSecret(given, secretKind)
    await withServices(given, async ({ db }) => {
      const clientSecret = await replaceSecret(db, clientId, { secret })
      if (clientSecret === undefined) throw new InputError('key', `No client has the key ${clientId}.`)
      print(given, { clientId, clientSecret }, [
        'The secret was replaced. The new one is shown only once.',
        `Key     ${clientId}`,
        `Secret  ${clientSecret}`,
      ])
    })
  },
}
