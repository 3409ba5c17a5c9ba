import { type Command, databaseOptions, listed, optional, required, UsageError } from '../command.ts'
import { textOfFile } from '../input-text.ts'
import { print } from '../output.ts'
import { changeClient, InputError } from '../provider.ts'
import { withServices } from '../services.ts'

export const clientEdit: Command = {
  name: 'client edit',
  summary: 'Change the name, the callbacks or the RSA key of a client',
  options: [
    { flags: '--key KEY', summary: 'The key of the client', required: true },
    { flags: '--name NAME', summary: 'Another name' },
    {
      flags: '--callback URL',
      summary: 'A callback URL, in the place of all that are registered',
      repeatable: true,
    },
    { flags: '--without-callbacks', summary: 'Register no callback: users type in a code (oob)' },
    { flags: '--rsa-public-key FILE', summary: 'Its RSA public key, as PEM or JWK' },
    { flags: '--without-rsa-public-key', summary: 'Register no RSA key' },
    ...databaseOptions,
  ],
  async run(given) {
    const clientId = required(given, 'key')
    const name = optional(given, 'name')
    const callbacks = changedCallbacks(listed(given, 'callback'), given['without-callbacks'] === true)
    const file = optional(given, 'rsa-public-key')
    const withoutKey = given['without-rsa-public-key'] === true
    if (file !== undefined && withoutKey)
      throw new UsageError('Use --rsa-public-key or --without-rsa-public-key, not both.')
    const key = file === undefined ? undefined : textOfFile(file, 'rsa-public-key', 'The key file')
    const rsaPublicKey = withoutKey ? '' : key
    if (name === undefined && callbacks === undefined && rsaPublicKey === undefined)
      throw new UsageError('Nothing is to change: use --name, --callback or --rsa-public-key.')
    await withServices(given, async ({ db }) => {
      if (!(await changeClient(db, clientId, { name, callbacks, rsaPublicKey })))
        throw new InputError('key', `No client has the key ${clientId}.`)
      print(given, { changed: clientId }, [`Client ${clientId} changed.`])
    })
  },
}

/** Undefined leaves them as they are. */
function changedCallbacks(given: readonly string[], withoutAny: boolean): readonly string[] | undefined {
  if (given.length > 0 && withoutAny) throw new UsageError('Use --callback or --without-callbacks, not both.')
  return given.length > 0 || withoutAny ? given : undefined
}
