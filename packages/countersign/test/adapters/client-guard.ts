import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { App, client, twoLeggedClient } from './app.ts'
import { authorization, type Call, send } from './client.ts'
import type { Harness, Parser, Served } from './suite.ts'

const alone = { token: null }
const batch = { token: null, client: twoLeggedClient }

/** What `requireClient` lets through and refuses in every framework, alone and beside `requireOAuth`. */
export function guardsClientsLikeTheOthers(harness: Harness): void {
  describe(`${harness.name}, resources of the client itself`, () => {
    let served: Served
    beforeAll(async () => {
      const parser = harness.parsers[0] as Parser
      served = await harness.serve(new App(), { parser, trust: false })
    })
    afterAll(() => served?.close())
    const call = (path: string, rest: Partial<Call> = {}): Call => ({ base: served.base, path, ...rest })

    it.each([
      ['whose policy wants a token elsewhere', alone, client],
      ['whose policy wants none', batch, twoLeggedClient],
    ])('lets a client through that signed without a token, %s', async (_, signer, { clientId }) => {
      const response = await send(call('/api/client', signer))
      expect([response.status, response.body]).toEqual([
        200,
        JSON.stringify({ client: clientId, inContext: clientId }),
      ])
      const form = [['a', '1']] as const
      expect(await send(call('/api/client', { ...signer, method: 'POST', form }))).toMatchObject({
        status: 200,
      })
    })

    it('refuses a token, a wrong secret, a changed form and an unsigned request', async () => {
      const changed = { ...alone, method: 'POST', form: [['a', '1']], formText: 'a=2' } as const
      for (const [rest, status, code] of [
        [{}, 400, 'unsupported_parameter'],
        [{ ...alone, clientSecret: 'x' }, 401, 'invalid_signature'],
        [changed, 401, 'invalid_signature'],
        [{ headers: { authorization: 'Bearer x' } }, 401, 'missing_credentials'],
      ] as const) {
        const { status: given, body, allHeaders } = await send(call('/api/client', rest))
        expect([given, JSON.parse(body).error]).toEqual([status, code])
        expect(allHeaders['www-authenticate']).toBe('OAuth realm="OAuth"')
      }
    })

    it('lets exactly one of many replays in', async () => {
      const headers = { authorization: authorization(call('/api/client', alone)) }
      const responses = await Promise.all(
        Array.from({ length: 10 }, () => send(call('/api/client', { headers }), false)),
      )
      expect(responses.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(401)])
    })

    it("hands refusals to the framework's own error handler, if it is asked to", async () => {
      expect(await send(call('/api/client-throw'))).toMatchObject({
        status: 400,
        body: expect.stringMatching(/^handled OAuth1Error: unsupported_parameter: /),
      })
      expect(await send(call('/api/client-throw', alone))).toMatchObject({ status: 200 })
    })

    it.each([
      ['requireClient twice', '/api/client-twice', [400, 200, 200]],
      ['requireClient after requireOAuth', '/api/user-then-client', [400, 400, 200]],
      ['requireOAuth after requireClient', '/api/client-then-user', [400, 400, 200]],
      ['requireOAuth with a scope after requireClient', '/api/client-then-reader', [400, 400, 403]],
    ])('demands what each of two guards demands: %s', async (_, path, statuses) => {
      const withToken = await send(call(path))
      const withoutToken = await send(call(path, alone))
      const twoLegged = await send(call(path, batch))
      expect([withToken.status, withoutToken.status, twoLegged.status]).toEqual(statuses)
      expect(JSON.parse(withToken.body).error).toBe('unsupported_parameter')
      if (withoutToken.status === 400)
        expect(JSON.parse(withoutToken.body).error).toBe('missing_required_parameter')
    })
  })
}
