import { AuthorizationServer, ConfigurationError, optionsFromEnv, ResourceProtector } from 'countersign'
import { describe, expect, it } from 'vitest'
import { publicUrls } from '../../src/server/origin.ts'
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

describe('origin is taken in its usual form', () => {
  it.each([
    ['in capitals', 'HTTPS://Api.Example.COM', 'https://api.example.com/photos'],
    ['with its default port', 'https://api.example.com:443', 'https://api.example.com/photos'],
    ['with an empty port', 'https://api.example.com:', 'https://api.example.com/photos'],
    ['with slashes at its end', 'https://api.example.com//', 'https://api.example.com/photos'],
    ['with spaces around it', ' https://api.example.com\n', 'https://api.example.com/photos'],
    ['with an underscore', 'https://photo_api.example.com', 'https://photo_api.example.com/photos'],
    ['with an international name', 'https://b\u00fccher.example', 'https://xn--bcher-kva.example/photos'],
    [
      'with an international name in capitals',
      'https://B\u00dcCHER.example:8443/',
      'https://xn--bcher-kva.example:8443/photos',
    ],
    ['with an international path', 'https://a.example/b\u00fccher', 'https://a.example/b%C3%BCcher/photos'],
    ['with an escaped path', 'https://a.example/b%C3%BCcher%25/', 'https://a.example/b%C3%BCcher%25/photos'],
    ['with an IPv6 address', 'http://[2001:DB8::1]:3000', 'http://[2001:db8::1]:3000/photos'],
    ['with a name of one word', 'http://localhost:3000', 'http://localhost:3000/photos'],
  ])('%s', async (_name, origin, called) => {
    const provider = new Provider({ protector: { origin } })
    const http = provider.read({ url: called })
    const seen = { ...http, url: 'http://10.0.0.7:3000/photos' }
    await expect(provider.protector.authenticate(seen)).resolves.toBeTruthy()
  })

  it.each([
    ['no scheme', 'api.example.com', /begin with https/],
    ['another scheme', 'ftp://api.example.com', /begin with https/],
    ['user information', 'https://u:p@api.example.com', /user information/],
    ['a query', 'https://api.example.com?x', /"\?"/],
    ['a fragment', 'https://api.example.com/#x', /"#"/],
    ['a space in the host', 'https://api example.com', /" "/],
    ['an asterisk', 'https://*.example.com', /"\*"/],
    ['a comma without a scheme', 'https://a.example,b.example', /","/],
    ['a backslash', 'https://a.example\\x', /"/],
    ['an escape in the host', 'https://a%2eexample', /"%"/],
    ['no host', 'https://', /host/],
    ['dots alone', 'https://...', /host/],
    ['a port that is none', 'https://a.example:99999', /99999/],
    ['a port that is a word', 'https://a.example:port', /":"/],
    ['signs that no name holds', 'https://a\u200b\ud800.example', /host/],
    ['nothing', '', /begin with https/],
  ])('%s is refused, and the message names it', (_name, origin, words) => {
    for (const given of [origin, ['https://a.example', origin]]) {
      expect(() => new ResourceProtector({ origin: given })).toThrow(ConfigurationError)
      expect(() => new ResourceProtector({ origin: given })).toThrow(words)
      expect(() => new AuthorizationServer({ origin: given })).toThrow(words)
    }
    if (origin !== '') expect(() => optionsFromEnv({ OAUTH1_ORIGIN: origin })).toThrow(words)
  })

  it.each([[[]], [null], [5], [{}], [[5]], [[null]]])('%j is no origin', (origin) => {
    expect(() => new ResourceProtector({ origin: origin as never })).toThrow(/origin/)
  })
})

it('an origin of none is told so', () => {
  expect(() => publicUrls([])).toThrow('origin must name at least one origin.')
})

it.each([
  ['api.example.com', 'it does not begin with https:// or http://'],
  ['xhttps://a.example', 'it does not begin with https:// or http://'],
  ['the origin https://a.example', 'it does not begin with https:// or http://'],
  ['https://a\uff01b.example', 'its host is no name that the DNS could hold'],
  ['https://2001:db8::1', 'a host holds no ":"'],
  ['https://u@a.example', 'it holds user information before "@"'],
  ['https://a.example:65536', 'there is no port 65536'],
  ['https://a.example:x', 'a host holds no ":"'],
  ['https://*.example', 'a host holds no "*"'],
  ['https://...', 'its host is no name that the DNS could hold'],
  ['https://', 'its host is no name that the DNS could hold'],
  ['https://999.1.1.1', '999.1.1.1 is no IP address'],
  ['https://1.2.3.4.5:8443', '1.2.3.4.5 is no IP address'],
  ['https://[:::]/v1', '[:::] is no IP address'],
  ['https://a.example/?x', 'a path prefix holds no "?"'],
  [`https://a.example/${'x'.repeat(200)}#`, 'a path prefix holds no "#"'],
])('the refusal of %s says what is wrong with it', (origin, why) => {
  expect(() => publicUrls(origin)).toThrow(
    `origin must be a scheme and a host, such as https://api.example.com, or a list of such; it is ${JSON.stringify(origin.slice(0, 200))}: ${why}.`,
  )
})

it.each([
  ['https://a.example:65535', '/x', 'https://a.example:65535/x'],
  ['https://127.1', '/x', 'https://127.1/x'],
  ['https://1.2:8443', '/x', 'https://1.2:8443/x'],
  ['https://a', '/x', 'https://a/x'],
  ['https://a.b\u00fccher.example', '/x', 'https://a.xn--bcher-kva.example/x'],
  ['https://_a.b\u00fccher.example', '/x', 'https://_a.xn--bcher-kva.example/x'],
  ['https://b\u00fccher.a', '/x', 'https://xn--bcher-kva.a/x'],
  ['https://b\u00fccher.example.', '/x', 'https://xn--bcher-kva.example./x'],
  ['https://[2001:db8::1]', '/x', 'https://[2001:db8::1]/x'],
  ['https://a.example:0443', '/x', 'https://a.example/x'],
  ['https://a.example:00080', '/x', 'https://a.example:80/x'],
  ['http://a.example:80', '/x', 'http://a.example/x'],
  ['http://a.example:443', '/x', 'http://a.example:443/x'],
  ['https://a.example', 'web+app://h/x', 'https://a.example/x'],
  ['https://a.example', 'HTTP://h#x', 'https://a.example#x'],
  ['https://a.example', '/a?u=http://h/', 'https://a.example/a?u=http://h/'],
  ['https://a.example/v1/', 'http://h/x', 'https://a.example/v1/x'],
  ['https://a.example/%25/b%', 'http://h/x', 'https://a.example/%25/b%/x'],
  ['https://a.example,HTTP://b.example', 'http://b.example/x', 'http://b.example/x'],
  ['https://a.example , http://b.example', 'https://B.EXAMPLE:5000/x', 'http://b.example/x'],
  ['https://a.example,https://[::1]:8443', 'http://[::1]:5000/x', 'https://[::1]:8443/x'],
])('under the origin %s, %s is %s', (origin, seen, called) => {
  expect(publicUrls(origin)(seen)).toBe(called)
})

describe('of several origins the one counts whose host the request names, else the first', () => {
  const joined = 'https://a.example, https://b.example:8443,http://c.example/api'
  const listed = ['https://a.example', 'https://b.example:8443', 'http://c.example/api']

  it.each([
    ['the first', 'http://a.example/photos', 'https://a.example/photos'],
    ['the second', 'http://b.example:8443/photos', 'https://b.example:8443/photos'],
    ['the second, whose port a proxy drops', 'http://B.example/photos', 'https://b.example:8443/photos'],
    ['one with a path', 'http://c.example:80/photos', 'http://c.example/api/photos'],
    ['none of them', 'http://127.0.0.1:3000/photos', 'https://a.example/photos'],
    ['a host that begins like one', 'http://b.example.evil.com/photos', 'https://a.example/photos'],
    ['no host at all', '/photos', 'https://a.example/photos'],
  ])('%s', async (_name, seen, called) => {
    for (const origin of [joined, listed, optionsFromEnv({ OAUTH1_ORIGIN: joined }).origin]) {
      const provider = new Provider({ protector: { origin } })
      const http = provider.read({ url: called })
      await expect(provider.protector.authenticate({ ...http, url: seen })).resolves.toBeTruthy()
      const other = provider.read({ url: 'https://other.example/photos' })
      await expect(provider.protector.authenticate({ ...other, url: seen })).rejects.toMatchObject({
        code: 'invalid_signature',
      })
    }
  })

  it('of one host, the port decides', async () => {
    const origin = ['https://a.example', 'https://a.example:8443']
    for (const url of ['https://a.example:8443/x', 'https://a.example/x']) {
      const provider = new Provider({ protector: { origin } })
      await expect(provider.protector.authenticate(provider.read({ url }))).resolves.toBeTruthy()
    }
  })

  it('optionsFromEnv makes a list of several, and leaves one as it is', () => {
    expect(optionsFromEnv({ OAUTH1_ORIGIN: joined }).origin).toEqual(listed)
    expect(optionsFromEnv({ OAUTH1_ORIGIN: 'https://a.example' }).origin).toBe('https://a.example')
    expect(optionsFromEnv({ OAUTH1_ORIGIN: listed }).origin).toEqual(listed)
  })
})
