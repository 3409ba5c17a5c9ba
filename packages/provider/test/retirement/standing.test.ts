import { describe, expect, it } from 'vitest'
import type { RetirementRule, Signer } from '../../src/retirement/retirement-plan.ts'
import { standingOf } from '../../src/retirement/standing.ts'
import { nextWindows } from '../../src/retirement/windows.ts'

const at = (time: string) => Date.parse(time) / 1000
const rule = (
  retired: RetirementRule['retired'],
  [announced, ends]: readonly [string, string],
  brownouts: RetirementRule['brownouts'] = [],
): RetirementRule => ({ retired, announcedAt: at(announced), endsAt: at(ends), brownouts })
const year = ['2027-01-01', '2028-01-01'] as const
const sha1 = { kind: 'method', method: 'HMAC-SHA1' } as const
const window = (from: string, minutes: number, everySeconds?: number) => ({
  from: at(from),
  seconds: minutes * 60,
  everySeconds,
})
const signer: Signer = { clientId: 'album', methods: ['HMAC-SHA1'] }
const stage = (rules: readonly RetirementRule[], time: string, of: Signer = signer) => {
  const found = standingOf({ guide: 'https://x.example', rules }, of, at(time))
  return (
    found && [found.stage, found.until === undefined ? undefined : new Date(found.until * 1000).toISOString()]
  )
}

describe('the stage of a rule', () => {
  it.each([
    ['2026-12-31T23:59:59Z', undefined],
    ['2027-01-01T00:00:00Z', 'announced'],
    ['2027-12-31T23:59:59Z', 'announced'],
    ['2028-01-01T00:00:00Z', 'ended'],
    ['2040-01-01T00:00:00Z', 'ended'],
  ])('at %s is %s', (time, expected) => {
    expect(stage([rule(sha1, year)], time)?.[0]).toBe(expected)
  })

  it.each<[string, string | undefined]>([
    ['2027-03-01T23:49:59Z', undefined],
    ['2027-03-01T23:50:00Z', '2027-03-02T00:20:00.000Z'],
    ['2027-03-02T00:00:00Z', '2027-03-02T00:20:00.000Z'],
    ['2027-03-02T00:19:59Z', '2027-03-02T00:20:00.000Z'],
    ['2027-03-02T00:20:00Z', undefined],
    // Once a week, whatever the clocks of people do at the end of March.
    ['2027-03-28T23:49:59Z', undefined],
    ['2027-03-29T23:50:00Z', '2027-03-30T00:20:00.000Z'],
    ['2027-12-06T23:50:00Z', '2027-12-07T00:20:00.000Z'],
  ])('at %s in a brownout across midnight ends at %s', (time, until) => {
    const rules = [rule(sha1, year, [window('2027-03-01T23:50Z', 30, 7 * 86_400)])]
    expect(stage(rules, time)).toEqual(until === undefined ? ['announced', undefined] : ['brownout', until])
  })
})

describe('of several rules', () => {
  const client = { kind: 'client', clientId: 'album' } as const

  it('the strictest stage counts, and the earliest end is told', () => {
    const rules = [
      rule({ kind: 'all' }, ['2027-02-01', '2029-01-01'], [window('2027-06-01T00:00Z', 10)]),
      rule(client, ['2027-01-01', '2028-06-01']),
    ]
    const plan = { guide: 'https://x.example', rules }
    expect(standingOf(plan, signer, at('2027-06-01T00:05Z'))).toMatchObject({
      stage: 'brownout',
      announcedAt: at('2027-01-01'),
      endsAt: at('2028-06-01'),
      rule: { retired: client },
    })
    expect(stage(rules, '2028-06-01')).toEqual(['ended', undefined])
    expect(stage(rules, '2028-06-01', { clientId: 'other', methods: ['HMAC-SHA1'] })?.[0]).toBe('announced')
  })

  it('one that is not announced yet tells nothing', () => {
    const rules = [rule(sha1, year), rule({ kind: 'all' }, ['2027-09-01', '2027-10-01'])]
    const plan = { guide: 'https://x.example', rules }
    expect(standingOf(plan, signer, at('2027-08-01'))).toMatchObject({ endsAt: at('2028-01-01') })
  })

  it('brownouts that overlap or touch end together, at the latest with the end', () => {
    const first = rule(sha1, year, [window('2027-03-01T10:00Z', 10), window('2027-12-31T23:55Z', 10)])
    const second = rule({ kind: 'all' }, ['2027-01-01', '2030-01-01'], [window('2027-03-01T10:10Z', 20)])
    expect(stage([first, second], '2027-03-01T10:05Z')).toEqual(['brownout', '2027-03-01T10:30:00.000Z'])
    expect(stage([first], '2027-12-31T23:56Z')).toEqual(['brownout', '2028-01-01T00:05:00.000Z'])
  })

  it('brownouts that leave no gap for centuries are not followed to their end', () => {
    const hourly = ['2027-03-01T10:00:00Z', '2027-03-01T10:30:00Z'].map((from) => window(from, 40, 3600))
    const forever = rule({ kind: 'all' }, ['2027-01-01', '9999-01-01'], hourly)
    // Some days, and then the client is told the next ones.
    expect(stage([forever], '2027-03-01T10:05:00Z')).toEqual(['brownout', '2027-03-03T12:10:00.000Z'])
  })

  it('none concerns another method, another client, or a client that did not prove itself', () => {
    const rules = [rule(sha1, year), rule(client, year)]
    expect(stage(rules, '2027-06-01', { clientId: 'other', methods: ['HMAC-SHA256'] })).toBeUndefined()
    expect(stage(rules, '2027-06-01', { methods: ['HMAC-SHA256'] })).toBeUndefined()
    expect(stage(rules, '2027-06-01', { methods: ['HMAC-SHA1'] })?.[0]).toBe('announced')
  })
})

describe('the next windows', () => {
  const rules = rule(sha1, year, [window('2027-03-01T10:00Z', 15, 86_400), window('2027-03-02T12:00Z', 5)])
  const from = (now: string, most: number) =>
    nextWindows(rules, at(now), most).map((one) => new Date(one.from * 1000).toISOString().slice(0, 16))

  it('are those under way and to come, in their order', () => {
    expect(from('2027-01-01', 3)).toEqual(['2027-03-01T10:00', '2027-03-02T10:00', '2027-03-02T12:00'])
    expect(from('2027-03-01T10:14:59Z', 1)).toEqual(['2027-03-01T10:00'])
    expect(from('2027-03-01T10:15Z', 1)).toEqual(['2027-03-02T10:00'])
    expect(from('2027-12-31T00:00Z', 9)).toEqual(['2027-12-31T10:00'])
    expect(from('2027-12-31T10:15Z', 9)).toEqual([])
  })
})
