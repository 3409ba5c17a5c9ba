import { type Command, databaseOptions, type Invocation, keyArgument, required } from '../command.ts'
import { print } from '../output.ts'
import { pairClient, recordAudit, unpairClient } from '../provider.ts'
import { unknownClient } from '../refusal.ts'
import { withServices } from '../services.ts'

/** Sets which OAuth 2 client takes a client's place. */
export const clientPair: Command = {
  name: 'client pair',
  summary: 'Let an OAuth 2 client exchange the tokens of a client',
  argument: keyArgument,
  secondArgument: {
    name: 'OAUTH2_CLIENT_ID',
    summary: 'The ID of the OAuth 2 client; it replaces an earlier one',
    required: true,
  },
  options: databaseOptions,
  notes: `Only a paired OAuth 2 client can exchange tokens: see docs/bridge.md. It takes effect at once, in every process.
An OAuth 2 client can be paired with several clients.`,
  examples: ['client pair KEY photos-app', 'client pair KEY photos-app --json'],
  run: (given) =>
    withServices(given, async (services) => {
      const clientId = required(given, 'key')
      const change = await pairClient(services.db, clientId, required(given, 'oauth2_client_id'))
      if (change === undefined) throw unknownClient(clientId)
      const { before, now } = change
      if (before !== now) {
        const subject = { kind: 'client', id: clientId } as const
        const details = { oauth2ClientId: now, before }
        await recordAudit(services, { action: 'client.paired', subject, details })
      }
      const instead = before === undefined || before === now ? '' : ` instead of ${before}`
      printPair(given, clientId, now, `Client ${clientId} is paired with ${now}${instead}.`)
    }),
}

/** Undoes the pairing. */
export const clientUnpair: Command = {
  name: 'client unpair',
  summary: 'Let no OAuth 2 client exchange the tokens of a client any more',
  argument: keyArgument,
  options: databaseOptions,
  notes: 'OAuth 2 tokens that were exchanged already stay valid.',
  examples: ['client unpair KEY'],
  run: (given) =>
    withServices(given, async (services) => {
      const clientId = required(given, 'key')
      const change = await unpairClient(services.db, clientId)
      if (change === undefined) throw unknownClient(clientId)
      const { before: oauth2ClientId } = change
      if (oauth2ClientId !== undefined) {
        const subject = { kind: 'client', id: clientId } as const
        await recordAudit(services, { action: 'client.unpaired', subject, details: { oauth2ClientId } })
      }
      const text =
        oauth2ClientId === undefined ? 'was not paired' : `is no longer paired with ${oauth2ClientId}`
      printPair(given, clientId, undefined, `Client ${clientId} ${text}.`)
    }),
}

function printPair(
  given: Invocation,
  clientId: string,
  oauth2ClientId: string | undefined,
  line: string,
): void {
  print(given, { clientId, oauth2ClientId: oauth2ClientId ?? null }, [line])
}
