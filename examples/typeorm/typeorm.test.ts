import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, it } from 'vitest'
import { drive, driveRevocation } from '../drive.ts'
import { patience, type Running, start } from '../start.ts'

const root = join(import.meta.dirname, '../..')

const folder = await mkdtemp(join(tmpdir(), 'countersign-typeorm-'))
let app: Running
const startApp = () =>
  start(import.meta.dirname, {
    flags: ['--conditions=countersign-source'],
    script: 'OAUTH1_INSECURE_TRANSPORT=true node dist/examples/typeorm/src/server.js',
  })

beforeAll(async () => {
  // Like `npm run build`, but against the library's sources, which tsc then writes beside the application.
  const condition = 'countersign-source'
  const flags = ['--customConditions', condition, '--rewriteRelativeImportExtensions', '--rootDir', root]
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  execFileSync(process.execPath, [tsc, ...flags], { cwd: import.meta.dirname, stdio: 'inherit' })
  process.env['DATABASE_FILE'] = join(folder, 'example.db')
  app = await startApp()
}, patience)
afterAll(async () => {
  await app?.stop()
  await rm(folder, { recursive: true })
})

it(
  'the TypeORM example compiles and goes through the whole flow with a real client',
  () => drive(app.origin),
  patience,
)

it(
  'and again after a restart, with the same file',
  async () => {
    await app.stop()
    app = await startApp()
    await drive(app.origin)
  },
  patience,
)

it('a token ends when it is revoked', () => driveRevocation(app.origin), patience)
