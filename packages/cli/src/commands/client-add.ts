import { modeOf, modeOption } from '../client-mode.ts'
import { type Command, databaseOptions, listed, optional, required } from '../command.ts'
import { textOfFile } from '../input-text.ts'
import { print } from '../output.ts'
import { registerClient } from '../provider.ts'
import { broughtSecret, clientSecret, secretOptions } from '../secret.ts'
import { userId, withServices } from '../services.ts'

export const clientAdd: Command = {
  name: 'client add',
  summary: 'Register a client and print its key and secret',
  options: [
    { flags: '--name NAME', summary: 'The name that users see', required: true },
    { flags: '--callback URL', summary: 'A callback URL to register', repeatable: true },
    { flags: '--rsa-public-key FILE', summary: 'Its RSA public key, as PEM or JWK' },
    { flags: '--user NAME', summary: 'The user who owns it' },
    { flags: '--key KEY', summary: 'The key that it has already; without it a new one' },
    ...secretOptions(clientSecret),
    { ...modeOption, summary: `${modeOption.summary}; development by default` },
    ...databaseOptions,
  ],
  async run(given) {
    const name = required(given, 'name')
    const callbacks = listed(given, 'callback')
    const mode = modeOf(given)
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
