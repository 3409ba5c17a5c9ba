import { join } from 'node:path'
import { verify } from '@node-rs/argon2'
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { type RunningProvider, startProvider } from '../src/provider.ts'
import { settingsFromEnv } from '../src/settings/settings.ts'
import { createLog } from '../src/telemetry/log.ts'
import { temporaryDirectory } from './running-provider.ts'
import { password } from './site.ts'
import { Visitor } from './visitor.ts'

vi.mock('@node-rs/argon2', async (importOriginal) => {
  const real = await importOriginal<typeof import('@node-rs/argon2')>()
  return { ...real, verify: vi.fn(real.verify) }
})

const directory = temporaryDirectory()
let provider: RunningProvider

// In this process, so that its work can be counted.
beforeAll(async () => {
  const database = join(directory.path, 'work.sqlite')
  const settings = settingsFromEnv({ PORT: '0', COUNTERSIGN_DATABASE: database })
  provider = await startProvider(settings, createLog('silent'))
  await new Visitor(provider.address).signUp('paul', password)
})
beforeEach(() => {
  vi.mocked(verify).mockClear()
})
afterAll(async () => {
  await provider.close()
  directory.remove()
})

it.each(['paul', 'nobody'])('does the work of one password check at the sign-in of %s', async (name) => {
  const { status } = await new Visitor(provider.address).signIn(name, 'wrong password')
  expect(status).toBe(422)
  expect(vi.mocked(verify)).toHaveBeenCalledTimes(1)
  const [hash, given] = vi.mocked(verify).mock.calls[0] ?? []
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  expect(given).toBe('wrong password')
})
