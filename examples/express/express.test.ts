import { join } from 'node:path'
import { afterAll, beforeAll, it } from 'vitest'
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
