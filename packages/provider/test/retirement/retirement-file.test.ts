import { describe, expect, it } from 'vitest'
import { configurationReport } from '../../src/configuration-report.ts'
import { createProvider } from '../../src/provider.ts'
import { readRetirement } from '../../src/retirement/retirement-file.ts'
import { guide, planFiles } from './plan-file.ts'

const write = planFiles()
const times = { announced: '2026-12-01', ends: '2027-06-01' }
const all = { all: true, ...times }
const second = (time: string) => Date.parse(time) / 1000

describe('a file of rules', () => {
  it('says what is retired, when, and with which brownouts', () => {
    const brownouts = [
      { from: '2027-03-01T10:00Z', minutes: 15, every: 'week' },
      { from: '2027-05-31T23:59:30Z', minutes: 5 },
    ]
    const rules = [{ method: 'HMAC-SHA1', ...times, brownouts }, { client: 'album', ...times }, all]
    const plan = readRetirement(write({ guide, rules }))
    const span = { announcedAt: second('2026-12-01'), endsAt: second('2027-06-01') }
    expect(plan).toEqual({
      guide,
      rules: [
        {
          retired: { kind: 'method', method: 'HMAC-SHA1' },
          ...span,
          brownouts: [
            { from: second('2027-03-01T10:00Z'), seconds: 900, everySeconds: 604_800 },
            { from: second('2027-05-31T23:59:30Z'), seconds: 300, everySeconds: undefined },
          ],
        },
        { retired: { kind: 'client', clientId: 'album' }, ...span, brownouts: [] },
        { retired: { kind: 'all' }, ...span, brownouts: [] },
      ],
    })
  })

  it.each<[string, unknown, string]>([
    ['no JSON', '{', 'is not JSON'],
    ['a list', [], 'must be an object such as'],
    ['no rules', { guide, rules: [] }, 'rules must have a rule.'],
    [
      'a guide with a password',
      { guide: 'https://u:p@example.com', rules: [all] },
      'guide must hold no user information before "@".',
    ],
    [
      'a brownout without an end',
      { guide, rules: [{ ...all, brownouts: [{ from: '2027-01-01', minutes: 900_719_925_474 }] }] },
      'must be at most 43200, which is 30 days',
    ],
    ['a guide that is no page', { guide: 'ftp://x', rules: [all] }, 'guide must be the http(s) address'],
    ['a guide that a header cannot hold', { guide: 'https://x/ü', rules: [all] }, 'must be ASCII'],
    ['an unknown field', { guide, rules: [{ ...all, end: 1 }] }, 'rules[0] has no field end'],
    ['nothing to retire', { guide, rules: [times] }, 'exactly one of method, client or all'],
    [
      'two things to retire',
      { guide, rules: [{ ...all, client: 'a' }] },
      'exactly one of method, client or all',
    ],
    [
      'an unknown method',
      { guide, rules: [{ method: 'HMAC-SHA2', ...times }] },
      'there is no HMAC-SHA2, only',
    ],
    ['no end', { guide, rules: [{ all: true, announced: '2026-12-01' }] }, 'rules[0].ends must be a day'],
    [
      'a day that no calendar has',
      { guide, rules: [{ ...all, ends: '2027-02-30' }] },
      'rules[0].ends must be a day',
    ],
    [
      'an hour that no day has',
      { guide, rules: [{ ...all, ends: '2027-06-01T24:00Z' }] },
      'rules[0].ends must',
    ],
    [
      'a time of another zone',
      { guide, rules: [{ ...all, ends: '2027-06-01T10:00+02:00' }] },
      'a time in UTC',
    ],
    [
      'an end before the beginning',
      { guide, rules: [{ ...all, ends: '2026-12-01' }] },
      'must end after it was',
    ],
    [
      'a brownout before it was announced',
      { guide, rules: [{ ...all, brownouts: [{ from: '2026-11-30', minutes: 5 }] }] },
      'rules[0].brownouts[0].from must be between announced and ends.',
    ],
    [
      'a brownout that never ends',
      { guide, rules: [{ ...all, brownouts: [{ from: '2027-03-01', minutes: 60, every: 'hour' }] }] },
      'rules[0].brownouts[0].minutes must be shorter than',
    ],
    [
      'a brownout of no time',
      { guide, rules: [{ ...all, brownouts: [{ from: '2027-03-01', minutes: 0 }] }] },
      'rules[0].brownouts[0].minutes must be at least 1.',
    ],
    [
      'a brownout of an unknown rhythm',
      { guide, rules: [{ ...all, brownouts: [{ from: '2027-03-01', minutes: 5, every: 'year' }] }] },
      'must be hour, day or week',
    ],
  ])('is refused with %s', (_name, content, fault) => {
    expect(() => readRetirement(write(content))).toThrow(fault)
  })

  it('is refused at the start, and every fault in it is named', async () => {
    const retirementFile = write({
      guide: 'x',
      rules: [
        { ...all, ends: 'soon' },
        { ...all, announced: 5 },
      ],
    })
    const names = [/guide must be/, /rules\[0\]\.ends must be/, /rules\[1\]\.announced must be/]
    const starting = createProvider({ port: 0, database: ':memory:', logLevel: 'silent', retirementFile })
    const fault = await starting.catch((error) => error)
    const { faults } = configurationReport({ RETIREMENT_FILE: retirementFile })
    for (const name of names) {
      expect(fault.message).toMatch(name)
      expect(faults).toContainEqual(expect.stringMatching(name))
    }
    expect(configurationReport({ RETIREMENT_FILE: '/nowhere.json' }).faults).toEqual([
      'RETIREMENT_FILE: the file /nowhere.json does not exist.',
    ])
  })

  it('is among the settings that are shown', () => {
    const file = write({ guide, rules: [all] })
    const { settings, faults } = configurationReport({ RETIREMENT_FILE: file })
    expect(faults).toEqual([])
    expect(settings).toContainEqual({ name: 'RETIREMENT_FILE', value: file, source: 'environment' })
  })
})
