import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { available, programs } from '../../packages/countersign/test/services.ts'
import { runProgram } from './program.ts'
import { hardPairs, openSetting, type Setting, sorted } from './setting.ts'

describe.skipIf(!(await available('requests-oauthlib')))('requests-oauthlib (Python)', () => {
  let setting: Setting
  beforeAll(async () => {
    setting = await openSetting()
  })
  afterAll(() => setting?.close())

  it.each([
    ['HMAC-SHA1', 'AUTH_HEADER'],
    ['HMAC-SHA1', 'QUERY'],
    ['HMAC-SHA1', 'BODY'],
    ['HMAC-SHA256', 'AUTH_HEADER'],
    ['HMAC-SHA512', 'AUTH_HEADER'],
    ['PLAINTEXT', 'AUTH_HEADER'],
    ['RSA-SHA1', 'AUTH_HEADER'],
    ['RSA-SHA1', 'QUERY'],
    ['RSA-SHA256', 'BODY'],
    ['RSA-SHA512', 'AUTH_HEADER'],
  ])('goes through the flow and calls the API with %s, %s', async (method, transport) => {
    const rsa = method.startsWith('RSA')
    const { key, secret } = rsa ? setting.rsaClient : setting.client
    const responses = await runProgram(setting, programs.python, 'requests_oauthlib_client.py', {
      ...{ key, secret, method, transport },
      rsaKey: rsa ? setting.rsaClient.privateKey : undefined,
    })
    const verbs = transport === 'BODY' ? ['POST', 'PUT'] : ['GET', 'DELETE', 'POST', 'PUT']
    const echoes = responses.filter(({ body }) => body.method)
    expect(responses.map(({ status }) => status)).toEqual(responses.map(() => 200))
    expect(echoes.map(({ body }) => body.method)).toEqual(verbs)
    for (const { body } of echoes) {
      expect(sorted(body.parameters)).toEqual(sorted(hardPairs))
      expect(body).toMatchObject({ signatureMethod: method, user: { name: 'rosa' }, client: { key } })
      expect(body.place).toBe({ AUTH_HEADER: 'header', QUERY: 'query', BODY: 'body' }[transport])
    }
  })
})
