import { type Command, databaseOptions, listed, nameArgument, optional, required } from '../command.ts'
import { textOfFile } from '../input-text.ts'
import { print } from '../output.ts'
import { type ClientMode, recordAudit, registerClient } from '../provider.ts'
import { broughtSecret, clientSecret, secretOptions } from '../secret.ts'
import { userId, withServices } from '../services.ts'

export const clientAdd: Command = {
  name: 'client add',
  aliases: ['client register', 'client create'],
  summary: 'Register a client and print its key and secret',
  argument: { ...nameArgument, summary: 'The name that users see' },
  options: [
    { flags: '--callback URL', summary: 'A callback URL to register', repeatable: true },
    { flags: '--rsa-public-key FILE', summary: 'Its RSA public key, as PEM or JWK' },
    { flags: '--user NAME', summary: 'The user who owns it' },
    { flags: '--key KEY', summary: 'An existing key; without it, a new one' },
    ...secretOptions(clientSecret),
    {
      flags: '--mode MODE',
      summary: 'development (the default), where refusals say why, or live',
      values: ['development', 'live'],
    },
    ...databaseOptions,
  ],
  examples: [
    'client add Album --callback https://album.example/callback',
    'client add Album --user anna --mode live --json',
    'client add Album --key album --secret-file secret.txt',
  ],
  async run(given) {
    const name = required(given, 'name')
    const callbacks = listed(given, 'callback')
    const mode = optional(given, 'mode') as ClientMode | undefined
    const file = optional(given, 'rsa-public-key')
    const rsaPublicKey = file === undefined ? undefined : textOfFile(file, 'rsa-public-key', 'The key file')
    const key = optional(given, 'key')
    const secret = await broughtSecret(given, clientSecret)
    await withServices(
      given,
      async (services) => {
        const ownerId = await userId(services, given)
        const own = { key, secret, ownerId, mode }
        const client = await registerClient(services.db, { name, callbacks, rsaPublicKey, ...own })
        const subject = { kind: 'client', id: client.clientId } as const
        await recordAudit(services, { action: 'client.registered', subject })
        print(given, client, [
          `Client ${client.name} registered. The secret is shown only once.`,
          `Key     ${client.clientId}`,
          `Secret  ${client.clientSecret}`,
        ])
      },
      { create: true },
    )
  },
}
