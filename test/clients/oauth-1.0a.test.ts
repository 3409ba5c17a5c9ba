import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keysFrom, ThirdParty } from '../support/third-party.ts'
import { hardPairs, openSetting, type Setting, sorted } from './setting.ts'

const methods = [
  'HMAC-SHA1',
  'HMAC-SHA256',
  'HMAC-SHA512',
  'RSA-SHA1',
  'RSA-SHA256',
  'RSA-SHA512',
  'PLAINTEXT',
]
/** As an object: a repeated name has a list. */
const data: Record<string, string | string[]> = { ...Object.fromEntries(hardPairs), tag: ['b', 'a'] }

describe('oauth-1.0a (npm)', () => {
  let setting: Setting
  beforeAll(async () => {
    setting = await openSetting()
  })
  afterAll(() => setting?.close())

  function clientWith(method: string): ThirdParty {
    const { client, rsaClient } = setting
    return new ThirdParty(method.startsWith('RSA') ? rsaClient : client, method, rsaClient.privateKey)
  }

  const cases = methods.flatMap((method) =>
    (['header', 'query', 'body'] as const).map((place) => [method, place] as const),
  )

  it.each(cases)('goes through the flow and calls the API with %s, %s', async (method, place) => {
    const oauth = clientWith(method)
    const { site } = setting
    const initiate = { place, data: { oauth_callback: 'oob' } }
    const temporary = await keysFrom(await oauth.send('POST', `${site}/oauth/initiate`, initiate))
    const oauth_verifier = await setting.allow(`/oauth/authorize?oauth_token=${temporary.key}`)
    const exchange = { place, data: { oauth_verifier }, token: temporary }
    const token = await keysFrom(await oauth.send('POST', `${site}/oauth/token`, exchange))

    for (const verb of ['POST', 'PUT', 'PATCH']) {
      const response = await oauth.send(verb, `${site}/api/echo`, { place, data, token })
      const echoed = (await response.json()) as { parameters: [string, string][] }
      expect(echoed).toMatchObject({
        method: verb,
        signatureMethod: method,
        place,
        user: { name: 'rosa' },
      })
      expect(sorted(echoed.parameters)).toEqual(sorted(hardPairs))
    }
    if (place === 'body') return
    const query = 'q=Gr%C3%BC%C3%9Fe%20%26%20k%C3%BCsse%3D1&tag=b&tag=a&empty='
    const response = await oauth.send('GET', `${site}/api/echo?${query}`, { place, token })
    const { parameters } = (await response.json()) as { parameters: [string, string][] }
    expect(sorted(parameters)).toEqual(sorted(hardPairs.filter(([name]) => name !== '日本')))
  })
})
