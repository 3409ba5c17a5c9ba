import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { apiReports } from '../../scripts/api-report.ts'

/** The reports of entries; their declarations, and other files', are given by name. */
async function reportsOf(
  files: Readonly<Record<string, string>>,
  entries: readonly string[] = ['index.d.ts'],
) {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-report-'))
  try {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true })
      await writeFile(join(folder, name), text)
    }
    return [...apiReports(entries.map((name) => join(folder, name))).values()]
  } finally {
    await rm(folder, { recursive: true })
  }
}

it.each([
  [
    'own declarations, sorted by name',
    { 'index.d.ts': 'export declare const b: 1;\nexport interface A {\n    x: string;\n}\n' },
    'interface A {\n    x: string;\n}\n\nconst b: 1;\n',
  ],
  [
    'every overload of a function',
    { 'index.d.ts': 'export declare function f(a: 1): 2;\nexport declare function f(a: 3): 4;\n' },
    'function f(a: 1): 2;\nfunction f(a: 3): 4;\n',
  ],
  [
    'what comes from another file, under the name that it has here',
    {
      'index.d.ts': "export { type A, b as c } from './x/y.ts';\n",
      'x/y.d.ts': 'export type A = 1;\nexport declare const b: 2;\n',
    },
    'type A = 1;\n\nb as c\nconst b: 2;\n',
  ],
  [
    'everything of another file',
    {
      'index.d.ts': "export * from './x.ts';\n",
      'x.d.ts': "export * from './y.ts';\n",
      'y.d.ts': 'export type A = 1;\n',
    },
    'type A = 1;\n',
  ],
  [
    'what another package declares, by name',
    { 'index.d.ts': "export { createServer } from 'node:http';\n" },
    'createServer of node:http\n',
  ],
  [
    'what the exports mention, at any depth, and nothing that they do not',
    {
      'index.d.ts': "import type { B } from './x.ts';\nexport type A = B[];\ntype Unused = 1;\nexport {};\n",
      'x.d.ts': 'export type B = C;\ntype C = { self: B };\nexport type D = 1;\n',
    },
    'type A = B[];\n\n// Mentioned above, and exported by no entry:\n\ntype B = C;\n\ntype C = { self: B };\n',
  ],
])('shows %s', async (_, files: Readonly<Record<string, string>>, expected) => {
  expect(await reportsOf(files)).toEqual([expected])
})

it('leaves what one entry exports to the report of that entry', async () => {
  const files = {
    'index.d.ts': "import type { B } from './b.ts';\nexport type A = B[];\n",
    'b.d.ts': 'export type B = 1;\n',
  }
  expect(await reportsOf(files, ['index.d.ts', 'b.d.ts'])).toEqual(['type A = B[];\n', 'type B = 1;\n'])
})

it.each([
  ['a statement that it does not know', 'export default 1;\n', 'no known form'],
  ['a name that is nowhere', 'export { A };\n', 'neither declares nor imports A'],
])('refuses %s instead of leaving it out', async (_, text, message) => {
  await expect(reportsOf({ 'index.d.ts': text })).rejects.toThrow(message)
})
