import { readFileSync } from 'node:fs'
import { InputError, registerClient } from '@countersign/provider'
import { modeOf, modeOption } from '../client-mode.ts'
import { type Command, databaseOptions, optional, required } from '../command.ts'
import { print } from '../output.ts'
import { userId, withServices } from '../services.ts'

export const clientAdd: Command = {
  name: 'client add',
  summary: 'Register a client and print its key and secret',
  options: [
    { flags: '--name NAME', summary: 'The name that users see', required: true },
    { flags: '--callback URL', summary: 'A callback URL to register', repeatable: true },
    { flags: '--rsa-public-key FILE', summary: 'Its RSA public key, as PEM or JWK' },
    { flags: '--user NAME', summary: 'The user who owns it' },
    { ...modeOption, summary: `${modeOption.summary}; development by default` },
    ...databaseOptions,
  ],
  async run(given) {
    const name = required(given, 'name')
    const callbacks = (given['callback'] ?? []) as readonly string[]
    const mode = modeOf(given)
    const rsaPublicKey = keyFile(optional(given, 'rsa-public-key'))
    await withServices(
      given,
      async (services) => {
        const ownerId = await userId(services, given)
        const client = await registerClient(services.db, { name, callbacks, rsaPublicKey, ownerId, mode })
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

function keyFile(file: string | undefined): string | undefined {
  if (file === undefined) return undefined
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new InputError('rsa-public-key', `The key file cannot be read: ${(error as Error).message}`)
  }
}
