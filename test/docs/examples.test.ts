import { globSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const examples = join(import.meta.dirname, '../../examples')
const read = (path: string) => readFile(join(examples, path), 'utf8')
const find = (pattern: string) =>
  globSync(pattern, { cwd: examples, exclude: (path) => /node_modules|dist|\.next/.test(path) })

it('every example names exact versions, those that the workspace is tested with', async () => {
  const root = JSON.parse(await read('../package.json'))
  const { version } = JSON.parse(await read('../packages/countersign/package.json'))
  const tested: Record<string, string> = { ...root.devDependencies, countersign: version }
  for (const path of find('*/package.json')) {
    const { dependencies, devDependencies } = JSON.parse(await read(path))
    for (const [name, wanted] of Object.entries<string>({ ...dependencies, ...devDependencies })) {
      expect([path, name, wanted]).toEqual([path, name, expect.stringMatching(/^\d+\.\d+\.\d+(-\S+)?$/)])
      // Next.js is the one whose packages are no part of the workspace.
      if (!path.startsWith('nextjs'))
        expect([path, name, wanted]).toEqual([path, name, tested[name] ?? wanted])
    }
  }
})
