import { casesOf, type GroupCase } from '../conformance-case.ts'
import { expectAccepted, expectRefused } from '../expectations.ts'
import { protectedRequest } from '../flow/steps.ts'
import { now } from '../signing.ts'

const day = 86_400
const window = 'Refuse timestamps that are more than a few minutes from the clock, on both sides.'

type Refused = Pick<GroupCase, 'id' | 'title' | 'why'> & {
  readonly remedy?: string
  values(): readonly (string | undefined)[]
}

/** A positive integer, in ASCII digits. */
const refused: readonly Refused[] = [
  {
    id: 'past',
    title: 'A timestamp of yesterday, or of 1970, is refused',
    why: 'When its nonce is forgotten, an old request could be sent again.',
    remedy: window,
    values: () => [now(-day), '1'],
  },
  {
    id: 'future',
    title: 'A timestamp of tomorrow, or in ten years, is refused',
    why: 'Its nonce is forgotten before its time comes, and then the request can be sent again.',
    remedy: window,
    values: () => [now(day), now(3650 * day)],
  },
  {
    id: 'missing',
    title: 'A request without a timestamp is refused',
    why: 'Nonces could never be forgotten.',
    remedy: 'Require oauth_timestamp with every method but PLAINTEXT.',
    values: () => [undefined, ''],
  },
  {
    id: 'text',
    title: 'A timestamp that is no number is refused',
    why: 'A parser that reads it as nothing, or as zero, lets it through or crashes.',
    values: () => ['now', 'NaN', 'null', `${now()}x`, new Date().toISOString()],
  },
  {
    id: 'sign',
    title: 'A timestamp with a sign is refused',
    why: 'Two spellings of one time are two nonces to a careless provider.',
    values: () => [`+${now()}`, `-${now()}`],
  },
  {
    id: 'fraction',
    title: 'A timestamp with a fraction or an exponent is refused',
    why: 'Two spellings of one time are two nonces to a careless provider.',
    values: () => [`${now()}.5`, `${now()}.0`, '1.8e9'],
  },
  {
    id: 'space',
    title: 'A timestamp with spaces is refused',
    why: 'Two spellings of one time are two nonces to a careless provider.',
    values: () => [` ${now()}`, `${now()} `, `${now()}\n`],
  },
  {
    id: 'other-digits',
    title: 'A timestamp in other digits, or in hexadecimal, is refused',
    why: 'Some languages read the digits of every script as numbers.',
    values: () => [
      now().replace(/\d/g, (digit) => String.fromCodePoint(0x660 + Number(digit))),
      `0x${Number(now()).toString(16)}`,
    ],
  },
  {
    id: 'huge',
    title: 'A timestamp of 400 digits is refused',
    why: 'Numbers without bounds overflow, or take long to read.',
    values: () => ['9'.repeat(400), '99999999999999999999', `${now()}000`],
  },
]

export const timestamps = casesOf('timestamps', [
  {
    id: 'skew',
    title: 'A clock that is a minute slow or fast is accepted',
    section: '§3.3',
    level: 'should',
    why: 'Clocks of clients are never exact.',
    remedy: 'Accept a few minutes on both sides.',
    async run(context) {
      for (const ahead of [-60, 60]) {
        const request = await protectedRequest(context, { oauth: { oauth_timestamp: now(ahead) } })
        expectAccepted(await context.send(request), `a timestamp ${ahead} s from now`)
      }
    },
  },
  ...refused.map(
    ({ values, remedy = 'Accept ASCII digits only, at most 15 of them.', ...texts }): GroupCase => ({
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
