import { afterAll, beforeAll, it } from 'vitest'
import { drive } from '../drive.ts'
import { patience, type Running, start } from '../start.ts'

let app: Running
beforeAll(async () => {
  app = await start(import.meta.dirname, { args: ['countersign-source'] })
}, patience)
afterAll(() => app?.stop())

it('the Worker goes through the whole flow with a real client, over D1', () => drive(app.origin), patience)
