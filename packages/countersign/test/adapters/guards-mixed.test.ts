import { type Client, type CommonOptions, ResourceProtector } from 'countersign'
import { requireClient, requireOAuth } from 'countersign/fetch'
import { memoryHooks } from 'countersign/memory'
import { describe, expect, it } from 'vitest'
import { client, token, twoLeggedClient } from './app.ts'
import { authorization, type Call } from './client.ts'

/** Both guards of one protector, and how often its store was asked. */
function guards(options: CommonOptions = {}) {
  const clients: Client[] = [client, twoLeggedClient]
  const hooks = memoryHooks({ clients, tokens: [{ ...token(), clientId: client.clientId }] })
  const asked = { clients: 0, nonces: 0 }
  const protector = new ResourceProtector({
    hooks: {
      async queryClient(clientId) {
        asked.clients++
        return hooks.queryClient(clientId)
      },
      queryToken: hooks.queryToken,
      async recordNonce(record) {
        asked.nonces++
        return hooks.recordNonce(record)
      },
    },
    ...options,
  })
  return { forUser: requireOAuth(protector), forClient: requireClient(protector), asked }
}

function signed(signer: Pick<Call, 'token' | 'client'>): Request {
  const base = 'http://api.example.com'
  return new Request(`${base}/a`, {
    headers: { authorization: authorization({ base, path: '/a', ...signer }) },
  })
}

const handler = () => new Response('handled')
const alone = { token: null }

describe('a request that one guard let in and another meets', () => {
  it.each([
    ['a token, requireClient after requireOAuth', {}, 'user first', 400],
    ['no token, requireOAuth after requireClient', alone, 'client first', 400],
    ['no token and a policy that wants none', { ...alone, client: twoLeggedClient }, 'client first', 200],
  ] as const)(
    'is not looked up again, nor is its nonce spent again: %s',
    async (_, signer, order, status) => {
      const { forUser, forClient, asked } = guards()
      const guarded = order === 'user first' ? forUser(forClient(handler)) : forClient(forUser(handler))
      expect((await guarded(signed(signer))).status).toBe(status)
      expect(asked).toEqual({ clients: 1, nonces: 1 })
    },
  )

  it('goes by the policy of the server where the client has none', async () => {
    const { forUser, forClient } = guards({ twoLegged: true })
    expect((await forClient(forUser(handler))(signed(alone))).status).toBe(200)
    expect((await forUser(forClient(handler))(signed(alone))).status).toBe(200)
  })

  it.each([
    ['a token', {}, [200, 400]],
    ['no token', alone, [400, 200]],
  ] as const)(
    'passes one alone of two that run at the same time, whichever begins: %s',
    async (_, signer, passed) => {
      for (const order of ['user first', 'client first']) {
        const { forUser, forClient, asked } = guards()
        const request = signed(signer)
        const user = () => forUser(handler)(request)
        const alone = () => forClient(handler)(request)
        const [one, two] = await Promise.all(order === 'user first' ? [user(), alone()] : [alone(), user()])
        const statuses = [one?.status, two?.status]
        expect([order, order === 'user first' ? statuses : statuses.reverse()]).toEqual([order, passed])
        expect(asked.nonces).toBe(1)
      }
    },
  )
})

it('requireClient takes no option but errors', () => {
  const protector = new ResourceProtector()
  expect(() => requireClient(protector, { scope: 'read' } as never)).toThrow(
    /requireClient has no option "scope"/,
  )
  expect(() => requireClient(protector, 'read' as never)).toThrow(
    /requireClient takes its options as an object/,
  )
})
