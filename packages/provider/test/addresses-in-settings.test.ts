import { settingsFromEnv } from '@countersign/provider'
import { expect, it } from 'vitest'

const oidc = { OIDC_CLIENT_ID: 'a', OIDC_CLIENT_SECRET: 'b' }

it.each<[name: string, others: Record<string, string>]>([
  ['SUPPORT_URL', {}],
  ['TERMS_URL', {}],
  ['PRIVACY_URL', {}],
  ['OIDC_ISSUER', oidc],
  ['OAUTH2_ISSUER', { OAUTH2_AUDIENCE: 'api' }],
])('%s takes no address with a password, which others would see', (name, others) => {
  for (const user of ['anna:secret', 'anna'])
    expect(() => settingsFromEnv({ ...others, [name]: `https://${user}@example.com/` })).toThrow(
      `${name}: must hold no user information before "@"`,
    )
  expect(() => settingsFromEnv({ ...others, [name]: 'https://example.com/@anna' })).not.toThrow()
})

it.each(['redis://[', 'redis://:99999', 'redis://a b', 'http://127.0.0.1'])('no Redis is at %s', (url) => {
  expect(() => settingsFromEnv({ REDIS_URL: url })).toThrow('REDIS_URL: must be the address')
})

it.each(['redis://127.0.0.1:6379', 'rediss://user:secret@cache.internal/2'])('Redis may be at %s', (url) => {
  expect(settingsFromEnv({ REDIS_URL: url }).redisUrl).toBe(url)
})
