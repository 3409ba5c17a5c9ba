import { type Mistake, type Pair, read, split } from '../mistaken-client.ts'

/** A mistake in what the gathered pairs become before they are encoded. */
function rewriting(
  code: Mistake['code'],
  what: string,
  change: (pairs: readonly Pair[]) => readonly Pair[],
): Mistake {
  return { code, what, change: (_, before) => ({ gather: (gathered) => change(before.gather(gathered)) }) }
}

/** The values of each name, as a map of lists has them. */
function grouped(pairs: readonly Pair[]): [string, string[]][] {
  const groups = new Map<string, string[]>()
  for (const [name, value] of pairs) groups.set(name, [...(groups.get(name) ?? []), value])
  return [...groups]
}

const perName = (change: (name: string, values: string[]) => readonly Pair[]) => (pairs: readonly Pair[]) =>
  grouped(pairs).flatMap(([name, values]) => change(name, values))
const names = (change: (name: string) => string) => (pairs: readonly Pair[]) =>
  pairs.map(([name, value]) => [change(name), value] as const)

export const repetitionMistakes: readonly Mistake[] = [
  rewriting('repeat-dropped', 'puts the pairs into a map, so that the last stays', (pairs) => [
    ...new Map(pairs),
  ]),
  rewriting(
    'repeat-dropped',
    'keeps the first of each name',
    perName((name, [first = '']) => [[name, first]]),
  ),
  rewriting(
    'repeat-dropped',
    'puts the pairs into a set',
    perName((name, values) => [...new Set(values)].map((value) => [name, value])),
  ),
  rewriting(
    'repeats-joined',
    'joins an array by commas',
    perName((name, values) => [[name, String(values)]]),
  ),
  rewriting(
    'repeats-indexed',
    'numbers repeats',
    perName((name, values) =>
      values.length === 1
        ? [[name, values[0] ?? '']]
        : values.map((value, index) => [`${name}[${index}]`, value]),
    ),
  ),
  rewriting(
    'repeats-indexed',
    'puts empty brackets after the name of repeats',
    perName((name, values) => values.map((value) => [values.length === 1 ? name : `${name}[]`, value])),
  ),
  rewriting(
    'brackets-rewritten',
    'drops empty brackets',
    names((name) => name.replace(/\[\]$/, '')),
  ),
  rewriting(
    'brackets-rewritten',
    'numbers empty brackets as http_build_query does',
    perName((name, values) =>
      name.endsWith('[]')
        ? values.map((value, index) => [`${name.slice(0, -2)}[${index}]`, value] as const)
        : values.map((value) => [name, value] as const),
    ),
  ),
  rewriting(
    'brackets-rewritten',
    'writes members with dots',
    names((name) => name.replace(/\[(\w+)\]/g, '.$1')),
  ),
  rewriting('empty-values-dropped', 'leaves out empty values', (pairs) =>
    pairs.filter(([, value]) => value !== ''),
  ),
  {
    code: 'equals-sign-dropped',
    what: 'writes an empty value as its name alone',
    change: () => ({
      join: (pairs) => pairs.map(([name, value]) => (value === '' ? name : `${name}=${value}`)).join('&'),
    }),
  },
  {
    code: 'value-cut-at-equals-sign',
    what: 'splits pairs at every equals sign',
    change: () => ({
      readQuery: (text) =>
        split(text).map(([name, value]) => read(`${name}=${value.split('=')[0]}`)[0] ?? ['', '']),
    }),
  },
  {
    code: 'question-mark-in-name',
    what: 'cuts the address before the question mark',
    change: (_, before) => ({
      readQuery: (text) =>
        before.readQuery(text).map(([name, value], at) => [at === 0 ? `?${name}` : name, value]),
    }),
  },
  rewriting('empty-name-signed', 'signs an empty pair', (pairs) => [...pairs, ['', '']]),
  {
    code: 'empty-name-signed',
    what: 'leaves an & at the end',
    change: (_, before) => ({ join: (pairs) => `${before.join(pairs)}&` }),
  },
]
