import { afterAll, beforeAll, it } from 'vitest'
import { drive } from '../drive.ts'
import { patience, type Running, start } from '../start.ts'

let app: Running
beforeAll(async () => {
  app = await start(import.meta.dirname, { flags: ['--conditions=countersign-source'] })
}, patience)
afterAll(() => app?.stop())

it('the Koa example goes through the whole flow with a real client', () => drive(app.origin), patience)
