import * as crypto from 'node:crypto'
import { beforeEach, expect, it, vi } from 'vitest'
import { Setting } from './setting.ts'

vi.mock('node:crypto', async (load) => {
  const real = await load<typeof crypto>()
  return { ...real, hash: vi.fn(real.hash), timingSafeEqual: vi.fn(real.timingSafeEqual) }
})

beforeEach(() => vi.clearAllMocks())

it('every refused grant costs the same look-ups, hashes and comparisons', async () => {
  const refused: [changes: Record<string, unknown>, oauth2ClientId: string][] = [
    [{ subject_token: 'nobody' }, 'app'],
    [{ oauth_token_secret: 'x' }, 'app'],
    [{ oauth_token_secret: 'token-secreT' }, 'app'],
    [{ subject_token: 'of another' }, 'app'],
    [{ subject_token: 'unpaired' }, 'app'],
    [{ subject_token: 'ended' }, 'app'],
    [{}, 'stranger'],
    [{}, 'other-app'],
  ]
  const works = new Set<string>()
  for (const [changes, oauth2ClientId] of refused) {
    vi.clearAllMocks()
    const calls: string[] = []
    const { store } = new Setting()
    const setting = new Setting({
      hooks: {
        queryClient: (clientId) => {
          calls.push('queryClient')
          return store.queryClient(clientId)
        },
        queryToken: (clientId, oauthToken) => {
          calls.push('queryToken')
          return store.queryToken(clientId, oauthToken)
        },
      },
    })
    await expect(setting.ask(changes, oauth2ClientId)).rejects.toMatchObject({ error: 'invalid_grant' })
    const hashes = vi.mocked(crypto.hash).mock.calls.length
    const compared = vi.mocked(crypto.timingSafeEqual).mock.calls.map(([a]) => a.byteLength)
    works.add(JSON.stringify({ calls, hashes, compared }))
  }
  expect([...works]).toEqual([
    JSON.stringify({ calls: ['queryClient', 'queryToken'], hashes: 2, compared: [86] }),
  ])
})
