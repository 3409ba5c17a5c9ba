import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, it } from 'vitest'
import { drive, driveRevocation } from '../drive.ts'
import { patience, type Running, start } from '../start.ts'

const folder = mkdtempSync(join(tmpdir(), 'countersign-no-orm-'))
let app: Running
const startApp = () => start(import.meta.dirname, { flags: ['--conditions=countersign-source'] })

beforeAll(async () => {
  process.env['DATABASE_FILE'] = join(folder, 'example.db')
  app = await startApp()
}, patience)
afterAll(async () => {
  await app?.stop()
  rmSync(folder, { recursive: true })
})

it(
  'the example without an ORM goes through the whole flow with a real client',
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
