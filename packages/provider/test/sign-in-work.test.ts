import { verify } from '@node-rs/argon2'
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { createProvider, type Provider } from '../src/provider.ts'
import { password } from './site.ts'
import { Visitor } from './visitor.ts'

vi.mock('@node-rs/argon2', async (importOriginal) => {
  const real = await importOriginal<typeof import('@node-rs/argon2')>()
  return { ...real, verify: vi.fn(real.verify) }
})

let provider: Provider

// In this process, so that its work can be counted.
beforeAll(async () => {
  provider = await createProvider({ port: 0, database: ':memory:', logLevel: 'silent' })
  await new Visitor(provider.address).signUp('paul', password)
})
beforeEach(() => {
  vi.mocked(verify).mockClear()
})
afterAll(() => provider.close())

it.each(['paul', 'nobody'])('does the work of one password check at the sign-in of %s', async (name) => {
  const { status } = await new Visitor(provider.address).signIn(name, 'wrong password')
  expect(status).toBe(422)
  expect(vi.mocked(verify)).toHaveBeenCalledTimes(1)
  const [hash, given] = vi.mocked(verify).mock.calls[0] ?? []
  expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  expect(given).toBe('wrong password')
})
