import { compareBaseStrings, parseBaseString, parseRequestText } from 'countersign/diagnose'
import { afterAll, expect, it } from 'vitest'
import { WorkCounter } from './work.ts'

// What people paste into a page or a command is bounded work: it grows with the text and no faster.
const counter = new WorkCounter().start()
afterAll(() => counter.stop())

const pieces = [
  ['quotes', `''""`],
  ['escapes', "$'\\x41'"],
  ['options', ' -sH a:b'],
  ['queries', ' --url-query a=b'],
  ['data', ' -d a=b'],
  ['headers', 'a: b\n'],
  ['folded lines', '\n x'],
  ['objects', '{"log":'],
  ['lists', '[['],
  ['lines of a trace', '> a b\n'],
] as const
const beginnings = ['', 'curl https://a.example ', 'GET / HTTP/1.1\nHost: a\n'] as const
const length = 8_000

it.each(pieces)('a request with many %s', (_name, piece) => {
  for (const beginning of beginnings) {
    const work = (times: number) =>
      counter.count(() => parseRequestText(beginning + piece.repeat((times * length) / piece.length)))
    // Were it quadratic, it would be sixteen times.
    expect(work(4)).toBeLessThan(8 * work(1) + 20_000)
  }
})

it('two base strings of many parameters', () => {
  const made = (value: string, many: number) =>
    `GET&http%3A%2F%2Fa&${Array.from({ length: many }, (_, at) => `p${at}%3D${value}`).join('%26')}`
  const work = (many: number) => counter.count(() => compareBaseStrings(made('1', many), made('2', many)))
  expect(work(2_000)).toBeLessThan(8 * work(500) + 20_000)
  const reading = (many: number) => counter.count(() => parseBaseString(made('1', many)))
  expect(reading(2_000)).toBeLessThan(8 * reading(500) + 20_000)
})
