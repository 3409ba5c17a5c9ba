import { casesOf, type GroupCase } from '../conformance-case.ts'
import { expectAccepted, expectRefused } from '../expectations.ts'
import { protectedRequest } from '../flow/steps.ts'
import { now } from '../signing.ts'

const day = 86_400
const window = 'Refuse timestamps more than a few minutes from your clock, before or after.'

type Refused = Pick<GroupCase, 'id' | 'title' | 'why'> & {
  readonly remedy?: string
  values(): readonly (string | undefined)[]
}

/** A positive integer, in ASCII digits. */
const refused: readonly Refused[] = [
  {
    id: 'past',
    title: 'A timestamp from yesterday or from 1970 is refused',
    why: 'Once its nonce is forgotten, an old request could be sent again.',
    remedy: window,
    values: () => [now(-day), '1'],
  },
  {
    id: 'future',
    title: 'A timestamp from tomorrow or in ten years is refused',
    why: 'Its nonce is forgotten before its time comes, and then the request can be sent again.',
    remedy: window,
    values: () => [now(day), now(3650 * day)],
  },
  {
    id: 'missing',
    title: 'A request without a timestamp is refused',
    why: 'Without it, nonces would have to be remembered forever.',
    remedy: 'Require oauth_timestamp with every method but PLAINTEXT.',
    values: () => [undefined, ''],
  },
  {
    id: 'text',
    title: 'A timestamp that is not a number is refused',
    why: 'A lenient parser reads it as nothing or zero, a strict one may crash.',
    values: () => ['now', 'NaN', 'null', `${now()}x`, new Date().toISOString()],
  },
  {
    id: 'sign',
    title: 'A timestamp with a sign is refused',
    why: 'The same time in two spellings lets the same request pass twice.',
    values: () => [`+${now()}`, `-${now()}`],
  },
  {
    id: 'fraction',
    title: 'A timestamp with a fraction or an exponent is refused',
    why: 'The same time in two spellings lets the same request pass twice.',
    values: () => [`${now()}.5`, `${now()}.0`, '1.8e9'],
  },
  {
    id: 'space',
    title: 'A timestamp with spaces is refused',
    why: 'The same time in two spellings lets the same request pass twice.',
    values: () => [` ${now()}`, `${now()} `, `${now()}\n`],
  },
  {
    id: 'other-digits',
    title: 'A timestamp in non-ASCII digits or hexadecimal is refused',
    why: 'Some languages’ number parsers read the digits of every script.',
    values: () => [
      now().replace(/\d/g, (digit) => String.fromCodePoint(0x660 + Number(digit))),
      `0x${Number(now()).toString(16)}`,
    ],
  },
  {
    id: 'huge',
    title: 'A timestamp of 400 digits is refused',
    why: 'Unbounded numbers overflow or crash the parser.',
    values: () => ['9'.repeat(400), '99999999999999999999', `${now()}000`],
  },
]

export const timestamps = casesOf('timestamps', [
  {
    id: 'skew',
    title: 'A timestamp one minute off, before or after, is accepted',
    section: '§3.3',
    level: 'should',
    why: 'Clients’ clocks are never exact.',
    remedy: 'Accept timestamps within a few minutes of your clock, before and after.',
    async run(context) {
      for (const ahead of [-60, 60]) {
        const request = await protectedRequest(context, { oauth: { oauth_timestamp: now(ahead) } })
        expectAccepted(await context.send(request), `a timestamp ${ahead} s from now`)
      }
    },
  },
  ...refused.map(
    ({ values, remedy = 'Accept 1 to 15 ASCII digits, and nothing else.', ...texts }): GroupCase => ({
      ...texts,
      section: '§3.3',
      level: 'must',
      remedy,
      async run(context) {
        for (const oauth_timestamp of values()) {
          const request = await protectedRequest(context, { oauth: { oauth_timestamp } })
          expectRefused(await context.send(request), `oauth_timestamp=${JSON.stringify(oauth_timestamp)}`)
        }
      },
    }),
  ),
])
