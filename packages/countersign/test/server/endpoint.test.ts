import { expect, it } from 'vitest'
import { Provider } from './provider.ts'

it('an endpoint has the limits and the refusals of its server, as they are at the time', () => {
  const { server } = new Provider()
  const { token } = server
  expect(token.limits).toBe(server.limits)
  server.init({ realm: 'later', limits: { maxBodyLength: 7 } })
  expect(token.limits.maxBodyLength).toBe(7)
})
