import { spawnSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { patience } from '../../examples/start.ts'
import { readGuide } from './guide.ts'

const root = join(import.meta.dirname, '../..')
/** All that have no tsconfig.json of their own but Prisma's, whose client is generated; its example is compiled. */
const guides = ['quick-start', 'README', 'consent-page', 'express', 'fastify', 'hono', 'koa', 'node', 'fetch']
const stores = ['kysely', 'drizzle', 'no-orm', 'caches']

it(
  'the code of the guides passes the compiler with the tsconfig.json of the quick start',
  async () => {
    const { files } = await readGuide('quick-start')
    await mkdir(join(import.meta.dirname, 'generated'), { recursive: true })
    const folder = await mkdtemp(join(import.meta.dirname, 'generated/types-'))
    try {
      for (const name of [...guides, ...stores]) {
        const guide = await readGuide(name)
        expect([name, guide.files.size]).not.toEqual([name, 0])
        const needed = [...guide.files].filter(([file]) => file.endsWith('.ts'))
        for (const [file, text] of needed) {
          await mkdir(dirname(join(folder, name, file)), { recursive: true })
          await writeFile(join(folder, name, file), text)
        }
      }
      await writeFile(join(folder, 'tsconfig.json'), files.get('tsconfig.json') ?? '')
      // In place of @types/better-sqlite3, which the workspace does without.
      const types = 'packages/countersign/test/stores/backends/better-sqlite3.d.ts'
      await cp(join(root, types), join(folder, 'better-sqlite3.d.ts'))
      const tsc = [join(root, 'node_modules/typescript/bin/tsc'), '--customConditions', 'countersign-source']
      const { stdout } = spawnSync(process.execPath, tsc, { cwd: folder, encoding: 'utf8' })
      expect(stdout).toBe('')
    } finally {
      await rm(folder, { recursive: true })
    }
  },
  patience,
)
