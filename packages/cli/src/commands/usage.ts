import { type Command, databaseOptions, optional, UsageError } from '../command.ts'
import { pageOptions, printList } from '../listing.ts'
import { minute } from '../output.ts'
import { signingPage } from '../provider.ts'
import { withServices } from '../services.ts'

export const usage: Command = {
  name: 'usage',
  summary: 'List how clients sign their requests, the last used first',
  options: [
    { flags: '--since DAYS', summary: 'Only what was used in the last so many days (default: 30)' },
    { flags: '--weak', summary: 'Only SHA-1, PLAINTEXT and parameters in queries' },
    { flags: '--method METHOD', summary: 'Only this signature method, such as HMAC-SHA1' },
    { flags: '--place PLACE', summary: 'Only parameters in this place', values: ['header', 'body', 'query'] },
    { flags: '--client TEXT', summary: 'Only the client with this key, or with this in its name' },
    ...pageOptions,
    ...databaseOptions,
  ],
  notes: `One line for each method and place that a client uses. Requests are counted from --since on, today included.
Counts are a few seconds old. Requests for credentials are counted only if they were refused.
PAIRED: an OAuth 2 client can exchange the client's tokens; --json names it. "client pair" sets it.`,
  examples: ['usage', 'usage --weak --since 90', 'usage --method PLAINTEXT --json'],
  run: (given) =>
    withServices(given, async ({ db }) => {
      const filter = {
        kind: given['weak'] === true ? ('weak' as const) : undefined,
        signatureMethod: optional(given, 'method'),
        place: optional(given, 'place'),
        client: optional(given, 'client'),
        days: daysOf(optional(given, 'since') ?? '30', '--since'),
      }
      await printList(given, usage, {
        headings: [
          ...['CLIENT', 'NAME', 'METHOD', 'HASH', 'PLACE', 'ACCEPTED', 'REFUSED'],
          ...['FIRST (UTC)', 'LAST (UTC)', 'PAIRED'],
        ],
        page: (request) => signingPage(db, filter, request),
        cells: (signing) => [
          ...[signing.clientId, signing.name, signing.signatureMethod || '-'],
          ...[signing.hash || '-', signing.place || '-'],
          ...[String(signing.accepted), String(signing.refused)],
          ...[minute(signing.firstAt), minute(signing.lastAt)],
          signing.oauth2ClientId === null ? 'no' : 'yes',
        ],
        empty: 'No client has signed so in this time.',
      })
    }),
}

/** A number of days for which usage is kept. */
export function daysOf(text: string, option: string): number {
  if (/^[1-9]\d{0,2}$/.test(text) && Number(text) <= 400) return Number(text)
  throw new UsageError(`${option} must be a whole number of days from 1 to 400.`)
}
