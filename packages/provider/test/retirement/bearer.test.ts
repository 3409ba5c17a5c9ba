import { afterAll, beforeAll, expect, it } from 'vitest'
import { concernedClients } from '../../src/retirement/concerned-clients.ts'
import { dryRun } from '../../src/retirement/dry-run.ts'
import { album, type BearerSetting, openBearerSetting } from '../bridge/bearer-setting.ts'
import { audience, type RunningOAuth2Server, runOAuth2Server } from '../bridge/oauth2-server.ts'
import { signer } from '../signer.ts'
import { guide, planFiles } from './plan-file.ts'
import { ofNothing, told } from './rules.ts'

const write = planFiles()
const past = { announced: '2025-01-01', ends: '2026-01-01' }

let server: RunningOAuth2Server
let setting: BearerSetting
beforeAll(async () => {
  server = await runOAuth2Server()
  const retirementFile = write({ guide, rules: [{ client: album.key, ...past }] })
  setting = await openBearerSetting({ issuer: server.issuer, audience }, { retirementFile })
})
afterAll(async () => {
  await setting?.provider.close()
  await server?.close()
})

it('a client whose OAuth 1.0 has ended is served with Bearer tokens, and told of nothing', async () => {
  const send = signer(setting.provider.address, album, setting.token)
  expect((await send('GET', '/api/me', {})).status).toBe(410)
  const response = await setting.get('/api/me', await server.jwt())
  expect([response.status, told(response)]).toEqual([200, ofNothing])
  const refused = await setting.get('/api/me', 'wrong')
  expect([refused.status, told(refused)]).toEqual([401, ofNothing])
})

it('Bearer tokens are nothing that a plan would refuse, and no concern of the owner', async () => {
  const { services } = setting.provider
  await services.usage.flush()
  await services.db.deleteFrom('client_signing').where('signature_method', '!=', 'Bearer').execute()
  const usage = await services.db.selectFrom('client_usage').select('signature_method').execute()
  expect(usage.map(({ signature_method }) => signature_method)).toContain('Bearer')
  const plan = services.retirement?.plan
  expect((await dryRun(services.db, plan as NonNullable<typeof plan>)).refused).toEqual([])
  expect(await concernedClients(services.db, services.retirement, [album.key])).toEqual(new Map())
})
