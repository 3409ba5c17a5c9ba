import { optionsFromEnv } from 'countersign'
import { describe, expect, it } from 'vitest'
import { errorOf, Provider, token } from './provider.ts'

const plain = 'http://photos.example.net'

describe('secrets travel over TLS only (§2.1, §2.3, §3.4.4)', () => {
  it('/initiate and /token refuse plain HTTP: 400', async () => {
    const provider = new Provider()
    const initiate = await provider.initiate({}, { url: `${plain}/initiate` })
    const exchange = await provider.exchange(token, 'v', { url: `${plain}/token` })
    for (const response of [initiate, exchange]) {
      expect([response.status, errorOf(response)]).toEqual([400, 'insecure_transport'])
    }
  })

  it('PLAINTEXT is refused over plain HTTP, HMAC is not', async () => {
    const provider = new Provider({ protector: { supportedSignatureMethods: ['PLAINTEXT', 'HMAC-SHA1'] } })
    const url = `${plain}/photos`
    await expect(provider.protector.authenticate(provider.read({ url }))).resolves.toBeTruthy()
    const oauth = { oauth_signature_method: 'PLAINTEXT' }
    await expect(provider.protector.authenticate(provider.read({ url, oauth }))).rejects.toMatchObject({
      code: 'insecure_transport',
    })
    await expect(provider.protector.authenticate(provider.read({ oauth }))).resolves.toBeTruthy()
  })

  it.each(['localhost', 'localhost:1', '127.0.0.1', '[::1]', 'localhost.', 'LOCALHOST'])(
    'a Host of %s switches nothing: it is what the client says',
    async (host) => {
      const headers = {
        host,
        'x-forwarded-proto': 'https',
        forwarded: 'proto=https',
        'x-forwarded-ssl': 'on',
        'front-end-https': 'on',
      }
      const response = await new Provider().initiate({}, { url: `http://${host}/initiate`, headers })
      expect(errorOf(response)).toBe('insecure_transport')
    },
  )

  it.each([
    ['localhost', true],
    ['localhost:3000', true],
    ['127.0.0.1:3000', true],
    ['127.10.200.3', true],
    ['127.0.0.1.example.com', false],
    ['[::1]:3000', true],
    ['localhost.example.com', false],
    ['photos.example.net', false],
  ])('a refusal at %s names the switch: %s', async (host, named) => {
    const response = await new Provider().initiate({}, { url: `http://${host}/initiate` })
    expect(decodeURIComponent(response.body).includes('OAUTH1_INSECURE_TRANSPORT=true')).toBe(named)
  })

  it('the operator can switch plain HTTP on', async () => {
    const provider = new Provider({ server: { insecureTransport: true } })
    expect((await provider.initiate({}, { url: 'http://localhost:8080/initiate' })).status).toBe(200)
  })
})

describe('OAUTH1_INSECURE_TRANSPORT', () => {
  it.each<[unknown, boolean | undefined]>([
    ['true', true],
    ['1', true],
    [true, true],
    [1, true],
    ['false', false],
    ['0', false],
    ['no', false],
    ['off', false],
    ['TRUE', false],
    ['yes', false],
    [' true', false],
    [false, false],
    ['', undefined],
    [undefined, undefined],
  ])('%j', (value, switched) => {
    expect(optionsFromEnv({ OAUTH1_INSECURE_TRANSPORT: value }).insecureTransport).toBe(switched)
  })
})
