import { timingSafeEqual } from 'node:crypto'
import { beforeEach, expect, it, vi } from 'vitest'
import { client, Provider, token } from './server/provider.ts'

// Nothing but the time would show it: the real function is watched, not replaced.
vi.mock('node:crypto', async (importOriginal) => {
  const real = await importOriginal<typeof import('node:crypto')>()
  return { ...real, timingSafeEqual: vi.fn(real.timingSafeEqual) }
})
const watched = vi.mocked(timingSafeEqual)
beforeEach(() => void watched.mockClear())

/** What was compared, as text. */
function compared(): string[][] {
  return watched.mock.calls.map((pair) => pair.map((view) => String.fromCharCode(...(view as Uint16Array))))
}

it.each(['HMAC-SHA1', 'PLAINTEXT'])('a signature of %s is compared in constant time', async (method) => {
  const provider = new Provider({ protector: { supportedSignatureMethods: [method] } })
  const request = provider.read({ oauth: { oauth_signature_method: method } })
  const { signature } = (await provider.protector.authenticate(request)).request
  expect(compared()).toEqual([[signature, signature]])
})

it('so is a wrong one of the same length', async () => {
  const provider = new Provider({ clients: [client], tokens: [token] })
  const wrong = 'A'.repeat(28)
  const request = provider.read({ oauth: { oauth_signature: wrong } })
  await expect(provider.protector.authenticate(request)).rejects.toMatchObject({ code: 'invalid_signature' })
  expect(compared()).toEqual([[expect.stringMatching(/^[A-Za-z0-9+/]{27}=$/), wrong]])
})

it('so is a verifier', async () => {
  const provider = new Provider()
  const { temporary, verifier } = await provider.approved()
  watched.mockClear()
  expect((await provider.exchange(temporary, verifier)).status).toBe(200)
  expect(compared()).toContainEqual([verifier, verifier])
})
