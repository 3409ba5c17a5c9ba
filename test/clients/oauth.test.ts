import { OAuth } from 'oauth'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openSetting, type Setting, sorted } from './setting.ts'

/** Without the repeats of the others: this client signs them as `tag[0]`, `tag[1]`. */
const pairs = { q: 'Grüße & küsse=1', empty: '', 日本: '語 + 100%' }

describe('oauth (npm)', () => {
  let setting: Setting
  beforeAll(async () => {
    setting = await openSetting()
  })
  afterAll(() => setting?.close())

  it.each(['HMAC-SHA1', 'HMAC-SHA256', 'RSA-SHA1', 'PLAINTEXT'])(
    'goes through the flow and calls the API with %s',
    async (method) => {
      const { site, client, rsaClient } = setting
      const keys = method === 'RSA-SHA1' ? { key: rsaClient.key, secret: rsaClient.privateKey } : client
      const oauth = new OAuth(
        `${site}/oauth/initiate`,
        `${site}/oauth/token`,
        keys.key,
        keys.secret,
        '1.0',
        'oob',
        method,
      )
      const temporary = await credential((done) => oauth.getOAuthRequestToken(done))
      const verifier = await setting.allow(`/oauth/authorize?oauth_token=${temporary.token}`)
      const { token, secret } = await credential((done) =>
        oauth.getOAuthAccessToken(temporary.token, temporary.secret, verifier, done),
      )

      const me = await response((done) => oauth.get(`${site}/api/me`, token, secret, done))
      expect(me).toMatchObject({ name: 'rosa', client: { key: keys.key } })
      const echo = `${site}/api/echo`
      const query = new URLSearchParams(pairs).toString().replaceAll('+', '%20')
      const responses = await Promise.all([
        response((done) => oauth.get(`${echo}?${query}`, token, secret, done)),
        response((done) => oauth.delete(`${echo}?${query}`, token, secret, done)),
        response((done) => oauth.post(echo, token, secret, pairs, undefined, done)),
        response((done) => oauth.put(echo, token, secret, pairs, undefined, done)),
      ])
      expect(responses.map((echoed) => echoed.method)).toEqual(['GET', 'DELETE', 'POST', 'PUT'])
      for (const echoed of responses) {
        expect(sorted(echoed.parameters)).toEqual(sorted(Object.entries(pairs)))
        expect(echoed).toMatchObject({ signatureMethod: method, place: 'header' })
      }
      const signed = await fetch(oauth.signUrl(`${echo}?${query}`, token, secret, 'GET'))
      expect(await signed.json()).toMatchObject({ place: 'query', user: { name: 'rosa' } })
    },
  )
})

function credential(
  call: (done: (error: unknown, token: string, secret: string) => void) => void,
): Promise<{ token: string; secret: string }> {
  return new Promise((resolve, reject) => {
    call((error, token, secret) =>
      error ? reject(new Error(JSON.stringify(error))) : resolve({ token, secret }),
    )
  })
}

// biome-ignore lint/suspicious/noExplicitAny: JSON that the test compares
function response(call: (done: (error: unknown, data: string) => void) => void): Promise<any> {
  return new Promise((resolve, reject) => {
    call((error, data) => (error ? reject(new Error(JSON.stringify(error))) : resolve(JSON.parse(data))))
  })
}
