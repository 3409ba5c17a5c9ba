import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { drive, driveClient } from '../drive.ts'
import { patience, type Running, start } from '../start.ts'

const flags = ['--conditions=countersign-source']
let app: Running
beforeAll(async () => {
  app = await start(import.meta.dirname, { flags })
}, patience)
afterAll(() => app?.stop())

it('the Express example goes through the whole flow with a real client', () => drive(app.origin), patience)

it(
  'the client of the quick start reads /api/me with the code that the page shows',
  () => driveClient(join(import.meta.dirname, 'client.ts'), app.origin, flags),
  patience,
)

it(
  'a port that is taken ends it with the reason, before it says that it listens',
  async () => {
    const env = { ...process.env, OAUTH1_INSECURE_TRANSPORT: 'true', PORT: new URL(app.origin).port }
    const second = promisify(execFile)(process.execPath, [...flags, 'server.ts'], {
      cwd: import.meta.dirname,
      env,
    })
    await expect(second).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('EADDRINUSE'),
    })
  },
  patience,
)
