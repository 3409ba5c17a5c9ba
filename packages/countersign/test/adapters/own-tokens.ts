import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { App, token } from './app.ts'
import { type Call, send } from './client.ts'
import type { Harness, Parser, Served } from './suite.ts'

/** What a client does with its own token: the endpoints beside the flow's. */
export function endsTokensLikeTheOthers(harness: Harness): void {
  describe(`${harness.name}, a client's own token`, () => {
    let served: Served
    beforeAll(async () => {
      const app = new App({ tokenIdleSeconds: 3600 })
      served = await harness.serve(app, { parser: harness.parsers[0] as Parser, trust: false })
    })
    afterAll(() => served?.close())
    const post = (path: string, rest: Partial<Call> = {}) =>
      send({ base: served.base, method: 'POST', path, ...rest })

    it('is renewed by a request that it signed', async () => {
      expect(await post('/oauth/renew')).toMatchObject({ status: 200, body: 'oauth_token=token0' })
      expect(await post('/oauth/renew', { clientSecret: 'x' })).toMatchObject({ status: 401 })
    })

    it('ends by a request that it signed, and no other does', async () => {
      expect(await post('/oauth/revoke', { clientSecret: 'x' })).toMatchObject({ status: 401 })
      expect(await post('/oauth/revoke', { method: 'GET' })).toMatchObject({ status: 405 })
      expect(await post('/api/echo')).toMatchObject({ status: 200 })
      expect(await post('/oauth/revoke')).toMatchObject({ status: 200, body: '' })
      expect(await post('/api/echo')).toMatchObject({ status: 401 })
      expect(await post('/api/echo', { token: token(1) })).toMatchObject({ status: 200 })
    })
  })
}
