import { describe, expect, it } from 'vitest'
import { Provider, start } from './provider.ts'

const seconds = String(start)
const whole = 'whole seconds since 1970, in ASCII digits only'
const year = 31_536_000

async function wordsFor(oauth_timestamp: string): Promise<string> {
  const provider = new Provider()
  const refused = provider.protector.authenticate(provider.read({ oauth: { oauth_timestamp } }))
  const { description } = await refused.then(() => ({ description: 'accepted' })).catch((error) => error)
  return description
}

describe('a timestamp that is no number of seconds is told how', () => {
  it.each([
    ['microseconds', `${seconds}123456`, '; this one is in microseconds'],
    ['nanoseconds', `${seconds}123456789`, '; this one is in nanoseconds'],
    ['too many digits for any unit', `${seconds}123456789012`, ''],
    ['a fraction', `${seconds}.25`, '; this one has a fraction: round it down'],
    ['a point at its end', `${seconds}.`, '; this one has a fraction: round it down'],
    ['milliseconds with a fraction', `${seconds}123.5`, '; this one has a fraction: round it down'],
    ['microseconds with a fraction', `${seconds}123456.5`, '; this one has a fraction: round it down'],
    ['a comma', `${seconds},5`, '; this one has a fraction: round it down'],
    ['negative', `-${seconds}`, '; this one is negative'],
    ['a negative fraction', `-${seconds}.5`, '; this one is negative'],
    ['an exponent', '1.75e9', '; this one has an exponent: write it out'],
    ['an exponent with its sign', '1.7E+9', '; this one has an exponent: write it out'],
    ['an exponent without a fraction', '17e8', '; this one has an exponent: write it out'],
    ['an exponent of two digits', '1e10', '; this one has an exponent: write it out'],
    ['an exponent within a word', 'x1e9', ''],
    ['an exponent before a word', '1e9x', ''],
    ['a date', '2023-11-14T22:13:20Z', '; this one is a date'],
    ['a date in words', 'Tue, 14 Nov 2023 22:13:20 GMT', '; this one is a date'],
    ['a date without its year', 'Nov 12-30', '; this one is a date'],
    ['a score', '1-2', ''],
    ['digits within a word', 'a1x23', ''],
    ['a fraction within a word', 'x1.5', ''],
    ['a space before it', ` ${seconds}`, '; this one has a space at its end or beginning'],
    ['a space after it', `${seconds} `, '; this one has a space at its end or beginning'],
    ['microseconds after a space', ` ${seconds}123456`, '; this one has a space at its end or beginning'],
    ['microseconds before a space', `${seconds}123456 `, '; this one has a space at its end or beginning'],
    ['a word', 'now', ''],
  ])('%s', async (_name, timestamp, slip) => {
    expect(await wordsFor(timestamp)).toBe(`oauth_timestamp must be ${whole}${slip}.`)
  })
})

describe('a timestamp that is far from the clock is told how far', () => {
  it.each([
    ['milliseconds', `${seconds}123`, `is in milliseconds; it must be ${whole}`],
    [
      'milliseconds of a clock a day behind',
      `${start - 86_400}000`,
      `is in milliseconds; it must be ${whole}`,
    ],
    ['behind', String(start - 4_000), "is 4000 s behind this server's clock; at most 300 s is accepted"],
    ['ahead', String(start + 301), "is 301 s ahead of this server's clock; at most 300 s is accepted"],
    ['behind any policy', String(start - year - 1), `is ${year + 1} s behind this server's clock`],
    ['ahead of any policy', String(start + year + 1), `is ${year + 1} s ahead of this server's clock`],
    [
      'milliseconds of a clock a year ahead',
      `${start + year}000`,
      `is ${(start + year) * 1000 - start} s ahead of this server's clock`,
    ],
  ])('%s', async (_name, timestamp, words) => {
    expect(await wordsFor(timestamp)).toBe(`oauth_timestamp ${words}.`)
  })

  it('nothing is missing', async () => {
    expect(await wordsFor('')).toBe('oauth_timestamp is missing or empty.')
  })
})
