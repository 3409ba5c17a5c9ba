import type { HttpRequest } from 'countersign'
import { expect, it, vi } from 'vitest'
import { api, Provider } from './provider.ts'

/** A key of HMAC is prepared in a new buffer of one block; nothing else about a request takes one. */
const alloc = vi.spyOn(Buffer, 'alloc')

/** How many keys were prepared for three requests in a row. */
async function prepared(request: (provider: Provider) => HttpRequest): Promise<number> {
  const provider = new Provider({ protector: { twoLegged: true } })
  alloc.mockClear()
  for (let n = 0; n < 3; n++) await provider.protector.authenticate(request(provider)).catch(() => {})
  return alloc.mock.calls.filter(([size]) => size === 64).length
}

const stranger = { client: { clientId: 'nobody', clientSecret: 'secret' } }
const guessed = { token: { oauthToken: 'nothing', oauthTokenSecret: 'x' } }

it('a key is prepared once for a token that exists', async () => {
  expect(await prepared((provider) => provider.read())).toBe(1)
})

it('a stranger cannot tell by the time which clients exist: for those that do, as many keys are prepared', async () => {
  expect(await prepared((provider) => provider.read(guessed))).toBe(3)
  expect(await prepared((provider) => provider.read({ ...stranger, ...guessed }))).toBe(3)
  expect(await prepared((provider) => provider.read(stranger))).toBe(3)
})

it('nor by requests without a token', async () => {
  const url = `${api}/photos`
  expect(await prepared((provider) => provider.sign({ url }))).toBe(3)
  expect(await prepared((provider) => provider.sign({ url, ...stranger }))).toBe(3)
})
