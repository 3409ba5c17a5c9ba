import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { drive, driveRevocation } from '../drive.ts'
import { patience, type Running, start } from '../start.ts'

const root = join(import.meta.dirname, '../..')
const flags = ['--conditions=countersign-source']

function run(...args: string[]): string {
  // Prisma would download its schema engine, which generating does not use: any existing file can replace it.
  const env = {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
  }
  return execFileSync(process.execPath, args, { cwd: import.meta.dirname, encoding: 'utf8', env })
}

const folder = await mkdtemp(join(tmpdir(), 'countersign-prisma-'))
let app: Running
beforeAll(async () => {
  // `prisma migrate deploy` would do this; it downloads an engine first.
  const file = join(folder, 'example.sqlite')
  const database = new DatabaseSync(file)
  database.exec(await readFile(join(import.meta.dirname, 'prisma/migrations/0_init/migration.sql'), 'utf8'))
  database.close()
  process.env['DATABASE_URL'] = `file:${file}`
  run(join(root, 'node_modules/prisma/build/index.js'), 'generate')
  app = await start(import.meta.dirname, { flags })
}, patience)
afterAll(async () => {
  await app?.stop()
  await rm(folder, { recursive: true })
})

it("the models of the Prisma example are what the guide's command writes", async () => {
  const guide = await readFile(join(root, 'docs/prisma.md'), 'utf8')
  const command = /^node -e "(.*)"$/m.exec(guide)?.[1] as string
  const folder = await mkdtemp(join(tmpdir(), 'countersign-prisma-models-'))
  await mkdir(join(folder, 'prisma/schema'), { recursive: true })
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  execFileSync(process.execPath, [...flags, '-e', command], { cwd: folder })
  const file = 'prisma/schema/oauth.prisma'
  const written = await readFile(join(folder, file), 'utf8')
  await rm(folder, { recursive: true })
  expect(await readFile(join(import.meta.dirname, file), 'utf8')).toBe(written)
})

it(
  'the Prisma example compiles against the generated client',
  () => {
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    expect(run(tsc, '--customConditions', 'countersign-source')).toBe('')
  },
  patience,
)

it('the Prisma example goes through the whole flow with a real client', () => drive(app.origin), patience)

it('a token ends when it is revoked', () => driveRevocation(app.origin), patience)
