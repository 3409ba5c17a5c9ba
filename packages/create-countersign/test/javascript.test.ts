import { expect, it } from 'vitest'
import { toJavaScript } from '../src/javascript.ts'

it.each([
  ['an import of types', "import type { A, B } from 'x'\n", "/** @import { A, B } from 'x' */\n"],
  [
    'an import of both',
    "import { one, type A, two } from 'x'",
    "/** @import { A } from 'x' */\nimport { one, two } from 'x'",
  ],
  [
    'a file that opens with a comment',
    "// What it is.\nimport type { A } from 'x'\nimport { b } from 'y'\n",
    "// What it is.\n/** @import { A } from 'x' */\nimport { b } from 'y'\n",
  ],
  [
    'a file that imports types alone',
    "import type { A } from 'x'\n\nexport const a: A = 1\n",
    "/** @import { A } from 'x' */\n\n/** @type {A} */\nexport const a = 1\n",
  ],
  ['a file of the project', "import { a } from '../a.ts'", "import { a } from '../a.js'"],
  [
    'a file that stays TypeScript',
    "import { a } from './generated/a.ts'",
    "import { a } from './generated/a.ts'",
  ],
  ['a constant', 'export const a: A<B> = b', '/** @type {A<B>} */\nexport const a = b'],
  [
    'a function',
    'async function f(a: string, b: A<B, C>): Promise<void> {',
    '/**\n * @param {string} a\n * @param {A<B, C>} b\n * @returns {Promise<void>}\n */\nasync function f(a, b) {',
  ],
  ['one tag', 'function f(a: A[]) {', '/** @param {A[]} a */\nfunction f(a) {'],
  [
    'a function with a comment',
    '/** Does it. */\nexport function f(a: A) {',
    '/**\n * Does it.\n * @param {A} a\n */\nexport function f(a) {',
  ],
  [
    'a comment of several lines',
    '/**\n * Does it\n * well.\n */\nfunction f(): A {',
    '/**\n * Does it\n * well.\n * @returns {A}\n */\nfunction f() {',
  ],
  [
    'a pattern, which is named after its type',
    'function f({ a, b = [] }: Client): void {',
    '/**\n * @param {Client} client\n * @returns {void}\n */\nfunction f({ a, b = [] }) {',
  ],
  [
    'a function within another',
    '  async function f(a: A) {',
    '  /** @param {A} a */\n  async function f(a) {',
  ],
  [
    'an empty body',
    'async function f(): Promise<void> {}',
    '/** @returns {Promise<void>} */\nasync function f() {}',
  ],
  ['a function without types', 'function f(a) {', 'function f(a) {'],
  [
    'a union in quotation marks',
    "function f(a: 'x' | 'y') {",
    "/** @param {'x' | 'y'} a */\nfunction f(a) {",
  ],
])('%s', (_, typed, expected) => {
  expect(toJavaScript(typed)).toBe(expected)
})
