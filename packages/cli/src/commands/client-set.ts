import {
  type Command,
  databaseOptions,
  type Invocation,
  keyArgument,
  listed,
  optional,
  required,
  UsageError,
} from '../command.ts'
import { textOfFile } from '../input-text.ts'
import { print } from '../output.ts'
import {
  type ClientMode,
  changeClient,
  clientDetails,
  recordAudit,
  setClientMode,
  setClientVerified,
} from '../provider.ts'
import { unknownClient } from '../refusal.ts'
import { withServices } from '../services.ts'

export const clientSet: Command = {
  name: 'client set',
  aliases: ['client edit', 'client mode', 'client update'],
  summary: 'Change the name, callbacks, RSA key or mode of a client',
  argument: keyArgument,
  options: [
    { flags: '--name NAME', summary: 'Another name' },
    { flags: '--description TEXT', summary: 'Its purpose; "" for none' },
    { flags: '--homepage URL', summary: 'Where users read about it; "" for none' },
    {
      flags: '--callback URL',
      summary: 'A callback URL; replaces all registered ones',
      repeatable: true,
    },
    { flags: '--without-callbacks', summary: 'Register no callback: users type in a code (oob)' },
    { flags: '--rsa-public-key FILE', summary: 'Its RSA public key, as PEM or JWK' },
    { flags: '--without-rsa-public-key', summary: 'Register no RSA key' },
    {
      flags: '--mode MODE',
      summary: 'development, where refusals say why, or live',
      values: ['development', 'live'],
    },
    { flags: '--verified', summary: 'Mark the owner as verified: users see this' },
    { flags: '--no-verified', summary: 'Take that back' },
    ...databaseOptions,
  ],
  examples: [
    'client set KEY --name Photos',
    'client set KEY --callback https://photos.example/callback --mode live',
  ],
  async run(given) {
    const clientId = required(given, 'key')
    const changes = {
      name: optional(given, 'name'),
      callbacks: changedCallbacks(listed(given, 'callback'), given['without-callbacks'] === true),
      rsaPublicKey: changedKey(given),
      description: optional(given, 'description'),
      homepage: optional(given, 'homepage'),
    }
    const mode = optional(given, 'mode') as ClientMode | undefined
    const isVerified = given['verified'] === true ? true : given['no-verified'] === true ? false : undefined
    if (given['verified'] === true && given['no-verified'] === true)
      throw new UsageError('Use --verified or --no-verified, not both.')
    if (
      mode === undefined &&
      isVerified === undefined &&
      Object.values(changes).every((change) => change === undefined)
    )
      throw new UsageError('Nothing to change: use --name, --callback, --mode or another option.')
    await withServices(given, async (services) => {
      const { db } = services
      if (!(await changeClient(db, clientId, changes))) throw unknownClient(clientId)
      const subject = { kind: 'client', id: clientId } as const
      const fields = Object.entries(changes).flatMap(([field, change]) =>
        change === undefined ? [] : [field],
      )
      if (fields.length > 0)
        await recordAudit(services, { action: 'client.edited', subject, details: { fields } })
      if (mode !== undefined) {
        await setClientMode(db, clientId, mode)
        await recordAudit(services, { action: 'client.mode-changed', subject, details: { mode } })
      }
      if (isVerified !== undefined && (await setClientVerified(db, clientId, isVerified)))
        await recordAudit(services, { action: isVerified ? 'client.verified' : 'client.unverified', subject })
      print(given, await clientDetails(db, clientId), [`Client ${clientId} changed.`])
    })
  },
}

/** Undefined leaves them as they are. */
function changedCallbacks(given: readonly string[], withoutAny: boolean): readonly string[] | undefined {
  if (given.length > 0 && withoutAny) throw new UsageError('Use --callback or --without-callbacks, not both.')
  return given.length > 0 || withoutAny ? given : undefined
}

/** Undefined leaves it as it is; empty removes it. */
function changedKey(given: Invocation): string | undefined {
  const file = optional(given, 'rsa-public-key')
  const withoutKey = given['without-rsa-public-key'] === true
  if (file !== undefined && withoutKey)
    throw new UsageError('Use --rsa-public-key or --without-rsa-public-key, not both.')
  if (withoutKey) return ''
  return file === undefined ? undefined : textOfFile(file, 'rsa-public-key', 'The key file')
}
