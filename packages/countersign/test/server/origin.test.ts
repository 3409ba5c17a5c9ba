import { describe, expect, it } from 'vitest'
import { Provider } from './provider.ts'

describe('origin: what clients call, whatever the framework sees', () => {
  it.each([
    ['https://api.example.com', 'http://10.0.0.7:3000/photos?a=1', 'https://api.example.com/photos?a=1'],
    ['https://api.example.com/', 'http://10.0.0.7:3000/photos', 'https://api.example.com/photos'],
    ['https://example.com/api', 'http://10.0.0.7/photos', 'https://example.com/api/photos'],
    ['https://example.com:8443', 'https://example.com/photos', 'https://example.com:8443/photos'],
    ['https://api.example.com', '/photos?u=http://x/y', 'https://api.example.com/photos?u=http://x/y'],
    ['https://api.example.com', 'http://10.0.0.7?a=1', 'https://api.example.com?a=1'],
  ])('%s, seen as %s', async (origin, seen, called) => {
    const provider = new Provider({ protector: { origin } })
    const http = provider.read({ url: called })
    await expect(provider.protector.authenticate({ ...http, url: seen })).resolves.toBeTruthy()
  })

  it('counts as TLS when it is https: the operator says so', async () => {
    const provider = new Provider({ server: { origin: 'https://photos.example.net' } })
    const seen = {
      ...provider.sign({
        method: 'POST',
        url: 'https://photos.example.net/initiate',
        oauth: { oauth_callback: 'oob' },
      }),
      url: 'http://127.0.0.1/initiate',
    }
    expect((await provider.server.createTemporaryCredentialResponse(seen)).status).toBe(200)
  })

  it('without it, a request that was signed for another host is refused', async () => {
    const provider = new Provider()
    const http = provider.read({ url: 'https://api.example.com/photos' })
    await expect(
      provider.protector.authenticate({ ...http, url: 'https://evil.example.com/photos' }),
    ).rejects.toMatchObject({ code: 'invalid_signature' })
  })
})
