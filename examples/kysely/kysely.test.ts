import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { drive, driveClient, driveRevocation } from '../drive.ts'
import { patience, type Running, start } from '../start.ts'

const folder = mkdtempSync(join(tmpdir(), 'countersign-kysely-'))
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

it('the Kysely example goes through the whole flow with a real client', () => drive(app.origin), patience)

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

it(
  'the client of the guides ends with a revoked token',
  async () => {
    const client = join(import.meta.dirname, '../client/client.ts')
    const shown = await driveClient(client, app.origin, ['--conditions=countersign-source'])
    expect(shown).toMatch(
      /^GET \/api\/me 200 .+\nDELETE \/api\/token 204\nGET \/api\/me 401 \{"error":"invalid_signature",/m,
    )
  },
  patience,
)

it(
  'the sweep that cron runs removes what has expired, and ends',
  () => {
    const file = new DatabaseSync(join(folder, 'example.db'))
    const count = () =>
      file.prepare("select count(*) as n from oauth_nonce where nonce_key like 'old%'").get()
    const insert = file.prepare('insert into oauth_nonce values (?, 1)')
    file.exec('begin')
    for (let n = 0; n < 1500; n++) insert.run(`old${n}`)
    file.exec('commit')
    expect(count()).toEqual({ n: 1500 })
    const script = join(import.meta.dirname, 'sweep.ts')
    execFileSync(process.execPath, ['--conditions=countersign-source', script])
    expect(count()).toEqual({ n: 0 })
    file.close()
  },
  patience,
)
