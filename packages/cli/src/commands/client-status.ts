import { type Command, databaseOptions, keyArgument, required } from '../command.ts'
import { print } from '../output.ts'
import { clientDetails, recordAudit, setClientStatus } from '../provider.ts'
import { unknownClient } from '../refusal.ts'
import { withServices } from '../services.ts'

/** Approves a client: its requests are served. */
export const clientApprove: Command = statusCommand(
  'client approve',
  'Approve a client that is pending or suspended',
  'approved',
)

/** Suspends a client: it counts as unknown. */
export const clientSuspend: Command = statusCommand(
  'client suspend',
  'Refuse every request of a client until it is approved again',
  'suspended',
)

function statusCommand(name: string, summary: string, status: 'approved' | 'suspended'): Command {
  return {
    name,
    summary,
    argument: keyArgument,
    options: databaseOptions,
    notes: 'Its tokens are kept, and work again once it is approved.',
    examples: [`${name} KEY`],
    run: (given) =>
      withServices(given, async (services) => {
        const clientId = required(given, 'key')
        const client = await clientDetails(services.db, clientId)
        if (client === undefined) throw unknownClient(clientId)
        if (await setClientStatus(services.db, clientId, status))
          await recordAudit(services, {
            action: `client.${status}`,
            subject: { kind: 'client', id: clientId },
          })
        print(given, { ...client, status }, [`Client ${clientId}: ${status}.`])
      }),
  }
}
