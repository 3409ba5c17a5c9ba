import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { available, programs } from '../../packages/countersign/test/services.ts'
import { runProgram } from './program.ts'
import { hardPairs, openSetting, type Setting, sorted } from './setting.ts'

/** This client sorts names before it encodes them, and so signs a name outside ASCII in the wrong order. */
const pairs = hardPairs.map(([name, value]) => [name === '日本' ? 'japan' : name, value] as const)

describe.skipIf(!(await available('ruby-oauth')))('oauth (Ruby)', () => {
  let setting: Setting
  beforeAll(async () => {
    setting = await openSetting()
  })
  afterAll(() => setting?.close())

  it.each([
    ['HMAC-SHA1', 'header'],
    ['HMAC-SHA1', 'query_string'],
    ['HMAC-SHA1', 'body'],
    ['RSA-SHA1', 'header'],
    ['PLAINTEXT', 'header'],
  ])('goes through the flow and calls the API with %s, %s', async (method, transport) => {
    const rsa = method.startsWith('RSA')
    const { key, secret } = rsa ? setting.rsaClient : setting.client
    const responses = await runProgram(setting, programs.ruby, 'ruby_oauth_client.rb', {
      ...{ key, secret, method, transport },
      rsaKey: rsa ? setting.rsaClient.privateKey : undefined,
    })
    const echoes = responses.filter(({ body }) => body.method)
    expect(responses.map(({ status }) => status)).toEqual(responses.map(() => 200))
    expect(echoes.map(({ body }) => body.method)).toEqual(
      transport === 'body' ? ['POST', 'PUT'] : ['GET', 'DELETE', 'POST', 'PUT'],
    )
    for (const { body } of echoes) {
      expect(sorted(body.parameters)).toEqual(sorted(pairs))
      expect(body).toMatchObject({ signatureMethod: method, user: { name: 'rosa' }, client: { key } })
      expect(body.place).toBe({ header: 'header', query_string: 'query', body: 'body' }[transport])
    }
  })
})
