import { type Command, databaseOptions, keyArgument, optional, required } from '../command.ts'
import { textOfFile } from '../input-text.ts'
import { print } from '../output.ts'
import { findClient, InputError, recordAudit, setClientPolicy } from '../provider.ts'
import { unknownClient } from '../refusal.ts'
import { withServices } from '../services.ts'

export const clientPolicy: Command = {
  name: 'client policy',
  summary: 'Show or set the policy of one client',
  argument: keyArgument,
  options: [
    { flags: '--file FILE', summary: 'A JSON object that replaces the policy; {} for none' },
    { flags: '--profile NAME', summary: 'A profile from the setting PROFILES, as the base' },
    ...databaseOptions,
  ],
  notes: `The policy holds what differs from the settings, for example:
  { "scopes": ["photos:read"], "twoLegged": true, "tokenLifetimeSeconds": 86400 }
The fields are documented in docs/policy.md. The client keeps its mode unless the file has "advice".
A provider that runs without this profile in its PROFILES refuses every request of the client.`,
  examples: [
    'client policy KEY',
    'client policy KEY --file policy.json',
    'client policy KEY --profile lti11',
  ],
  async run(given) {
    const clientId = required(given, 'key')
    const file = optional(given, 'file')
    const profile = optional(given, 'profile')
    const read = file === undefined ? undefined : objectOf(textOfFile(file, 'file', 'The file of the policy'))
    await withServices(
      given,
      async (services) => {
        const client = await findClient(services.db, clientId)
        if (client === undefined) throw unknownClient(clientId)
        if (read !== undefined || profile !== undefined) {
          const policy = { ...(read ?? client.policy), ...(profile !== undefined && { profile }) }
          await setClientPolicy(services, clientId, policy)
          const subject = { kind: 'client', id: clientId } as const
          await recordAudit(services, { action: 'client.policy-changed', subject })
        }
        const policy = (await findClient(services.db, clientId))?.policy ?? {}
        print(given, { clientId, policy }, [JSON.stringify(policy, undefined, 2)])
      },
      { asStarted: true },
    )
  },
}

function objectOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const policy: unknown = JSON.parse(text)
    if (typeof policy === 'object' && policy !== null && !Array.isArray(policy)) return { ...policy }
  } catch (error) {
    throw new InputError('file', `The file of the policy is not JSON: ${(error as Error).message}`)
  }
  throw new InputError('file', 'The file of the policy must hold a JSON object, such as {"twoLegged": true}.')
}
