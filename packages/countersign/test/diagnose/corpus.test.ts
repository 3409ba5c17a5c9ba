import { causes, type Diagnosis, diagnoseSignature } from 'countersign/diagnose'
import { describe, expect, it } from 'vitest'
import { diagnose, type Entry, plausiblePairs, randomPairs, saysTheSame, singles } from './corpus.ts'
import { kinds } from './kinds.ts'
import { send } from './mistaken-client.ts'
import { mistakes } from './mistakes/index.ts'

const maxTrials = 4_000
/** The key holds a secret of the token, but nothing of the client that is not public: told to the operator alone. */
const unprovenAnyway = new Set(['public-key-as-secret'])

const alone = singles()
const pairs = [...plausiblePairs(), ...randomPairs(100)]

interface Told {
  readonly entry: Entry
  readonly diagnosis: Diagnosis
  readonly named: readonly string[]
  readonly isExact: boolean
  /** Named by codes that give the same signature for the same octets, so that no one could tell which was made. */
  readonly isRight: boolean
}

function told(entry: Entry): Told {
  const diagnosis = diagnose(entry)
  const named = diagnosis.causes.map(({ code }) => code).sort()
  const isExact = named.join() === entry.expected.join()
  return { entry, diagnosis, named, isExact, isRight: isExact || saysTheSame(entry, named) }
}

function share(title: string, all: readonly Told[]): number {
  const misses = all.filter(({ isRight }) => !isRight)
  const exact = all.filter(({ isExact }) => isExact).length
  const right = all.length - misses.length
  const otherwise = all.filter(({ isRight, isExact }) => isRight && !isExact)
  const percent = (count: number) => `${((100 * count) / all.length).toFixed(1)} %`
  console.log(
    [
      `${title}: ${right} of ${all.length} named rightly (${percent(right)}), ${exact} by the very codes (${percent(exact)})`,
      ...tally(
        otherwise.map(({ entry, named }) => `  ${entry.expected.join(' + ')}, told ${named.join(' + ')}`),
      ).map((line) => `${line}: the same signature`),
      ...misses.map(
        ({ entry, named, diagnosis }) =>
          `  missed ${entry.expected.join(' + ')}, told ${named.join(' + ') || diagnosis.outcome}: ${entry.name}`,
      ),
    ].join('\n'),
  )
  return right / all.length
}

function tally(lines: readonly string[]): string[] {
  const counts = new Map<string, number>()
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1)
  return Array.from(counts, ([line, count]) => `${line}, ${count} times`)
}

describe('what clients get wrong is named', () => {
  const ofAlone = alone.map(told)
  const ofPairs = pairs.map(told)

  it('alone, in 97 of 100 requests', () => {
    expect(alone.length).toBeGreaterThanOrEqual(120)
    expect(share('Mistakes alone', ofAlone)).toBeGreaterThanOrEqual(0.97)
  })

  it('in pairs, in 90 of 100 requests', () => {
    expect(pairs.length).toBeGreaterThanOrEqual(40)
    expect(share('Pairs', ofPairs)).toBeGreaterThanOrEqual(0.9)
  })

  it('for every code that a signature can have', () => {
    const made = new Set(alone.flatMap(({ expected }) => expected))
    const around = new Set(Object.keys(causes).slice(Object.keys(causes).indexOf('wrong-clock')))
    // A signature of RSASSA-PSS is another one each time, so no right one can be compared with it: pss.test.ts has them.
    around.add('wrong-salt-length')
    expect(Object.keys(causes).filter((code) => !around.has(code) && !made.has(code as never))).toEqual([])
  })

  it('for every mistake that is made here', () => {
    const shown = new Set(alone.flatMap((entry) => entry.mistakes))
    expect(mistakes.filter((mistake) => !shown.has(mistake))).toEqual([])
  })

  it('as proven where only a holder of the secrets could have signed, and nowhere else', () => {
    const wrong = [...ofAlone, ...ofPairs].filter(
      ({ entry, diagnosis, named }) =>
        diagnosis.outcome === 'explained' &&
        !named.some((code) => unprovenAnyway.has(code)) &&
        diagnosis.proven !== entry.isProvable,
    )
    expect(wrong.map(({ entry, named }) => `${entry.name}: ${named}`)).toEqual([])
  })

  it('within the trials that it may make', () => {
    const most = Math.max(...[...ofAlone, ...ofPairs].map(({ diagnosis }) => diagnosis.trials))
    expect(most).toBeLessThanOrEqual(maxTrials)
    const over = [...alone, ...pairs].flatMap((entry, index) => {
      const bound = [0, 1, 40, 500, 1_000][index % 5]
      const { trials } = diagnose(entry, { maxTrials: bound ?? 0 })
      return trials > (bound ?? 0) ? [`${trials} of ${bound}: ${entry.name}`] : []
    })
    expect(over.slice(0, 20)).toEqual([])
  })
})

describe('a right request has no cause', () => {
  it.each(Object.entries(kinds))('%s', (_, call) => {
    const { clientSecret, tokenSecret, publicKey } = call.credentials
    const options = call.content === undefined ? {} : { content: call.content.text }
    const secrets = { clientSecret: clientSecret || undefined, tokenSecret, publicKey }
    expect(diagnoseSignature(send(call).request, secrets, options)).toMatchObject({
      outcome: 'valid',
      causes: [],
    })
  })
})
