import { AuthorizationServer, type AuthorizationServerOptions, ConfigurationError } from 'countersign'
import { describe, expect, it } from 'vitest'
import { client, credentials, errorOf, Provider } from './provider.ts'

const registered = [
  'https://printer.example.com/ready',
  'https://printer.example.com/with?x=1',
  'http://127.0.0.1/cb',
  'http://[::1]:9000/cb',
  'com.example.myapp://done',
]

async function ask(
  oauth_callback: string,
  callbacks: readonly string[] = registered,
  allow = false,
): Promise<string> {
  const provider = new Provider({
    clients: [{ ...client, callbacks }],
    server: { allowUnregisteredCallbacks: allow },
  })
  const response = await provider.initiate({ oauth_callback })
  return response.status === 200 ? 'accepted' : `${response.status} ${errorOf(response)}`
}

describe('a callback that is registered', () => {
  it.each([
    ['the same text', 'https://printer.example.com/ready'],
    ['oob, which needs no registration', 'oob'],
    ['a query of its own, where none was registered', 'https://printer.example.com/ready?job=7&b'],
    ['a registered query', 'https://printer.example.com/with?x=1'],
    ['a loopback address with any port (RFC 8252 §7.3)', 'http://127.0.0.1:51234/cb'],
    ['an IPv6 loopback address with another port', 'http://[::1]:51234/cb?a=1'],
    ['a scheme of its own', 'com.example.myapp://done'],
  ])('%s', async (_name, callback) => {
    expect(await ask(callback)).toBe('accepted')
  })
})

describe('a callback that is refused with 400', () => {
  it.each([
    ['another host', 'https://evil.example.com/ready'],
    ['another path', 'https://printer.example.com/ready/../evil'],
    ['a longer path', 'https://printer.example.com/readyevil'],
    ['a longer host', 'https://printer.example.com.evil.com/ready'],
    ['another scheme', 'http://printer.example.com/ready'],
    ['another port', 'https://printer.example.com:8443/ready'],
    ['another case of the path', 'https://printer.example.com/READY'],
    ['a query behind a registered query', 'https://printer.example.com/with?x=1&y=2'],
    ['a second question mark behind a registered query', 'https://printer.example.com/with?x=1?y=2'],
    ['another loopback name', 'http://localhost:51234/cb'],
    ['a host that begins like a loopback address', 'http://127.0.0.1.evil.com/cb'],
    ['a port that is none', 'http://127.0.0.1:80@evil.com/cb'],
    ['OOB in another case', 'OOB'],
    ['a relative path', '/ready'],
    ['a network path', '//printer.example.com/ready'],
    ['no host', 'https:///ready'],
    ['text', 'ready'],
    ['another scheme of an application', 'com.example.otherapp://done'],
  ])('%s: %s', async (_name, callback) => {
    expect(await ask(callback)).toBe('400 invalid_request')
  })

  // Refused by their form, even where somebody registered them.
  it.each([
    ['javascript with a host', 'javascript://printer.example.com/%0Aalert(1)'],
    ['javascript in capitals', 'JavaScript:alert(1)'],
    ['data', 'data:text/html,x'],
    ['file', 'file:///etc/passwd'],
    ['user information', 'https://user@printer.example.com/ready'],
    ['user information that looks like the host', 'https://printer.example.com:443@evil.com/'],
    ['a carriage return and line feed', 'https://printer.example.com/\r\nSet-Cookie: a=b'],
    ['a line feed at the end', 'https://printer.example.com/ready\n'],
    ['a space', 'https://printer.example.com/a b'],
    ['a backslash', 'https://printer.example.com\\@evil.com/'],
    ['a backslash that a browser reads as a slash', 'https://evil.com\\.printer.example.com/'],
    ['a fragment', 'https://printer.example.com/ready#x'],
    ['a quote', 'https://printer.example.com/"x'],
    ['text outside ASCII', 'https://printer.example.com/é'],
  ])('%s, even if it is registered', async (_name, callback) => {
    expect(await ask(callback, [callback])).toBe('400 invalid_request')
  })
})

describe('a client without callbacks', () => {
  it('can only use oob', async () => {
    expect(await ask('oob', [])).toBe('accepted')
    expect(await ask('https://printer.example.com/ready', [])).toBe('400 invalid_request')
  })

  it('can use any http(s) callback where the operator allows it, and no other scheme', async () => {
    expect(await ask('https://anywhere.example.com/x', [], true)).toBe('accepted')
    expect(await ask('com.example.myapp://done', [], true)).toBe('400 invalid_request')
    expect(await ask('javascript://x/%0Aalert(1)', [], true)).toBe('400 invalid_request')
  })
})

describe("the callback's own query is kept byte for byte (§2.2)", () => {
  it.each([
    ['https://printer.example.com/ready', '?oauth_token='],
    ['https://printer.example.com/ready?a=%2f+b&&c=[]%7E', '&oauth_token='],
    ['https://printer.example.com/ready?', 'oauth_token='],
    ['https://printer.example.com/ready?a&', 'oauth_token='],
  ])('%s', async (callback, joint) => {
    const provider = new Provider()
    const { oauthToken } = credentials(await provider.initiate({ oauth_callback: callback }))
    const { status, headers } = await provider.authorize(oauthToken, { id: 7 })
    expect(status).toBe(302)
    expect(headers['location']?.startsWith(`${callback}${joint}${oauthToken}&oauth_verifier=`)).toBe(true)
  })
})

describe('a callback is compared as a URI (RFC 3986 §6.2.2.1, §6.2.3)', () => {
  const one = 'https://app.example/cb'
  it.each([
    ['the scheme in capitals', 'HTTPS://app.example/cb', one],
    ['the host in capitals', 'https://App.Example/cb', one],
    ['the default port', 'https://app.example:443/cb', one],
    ['an empty port', 'https://app.example:/cb', one],
    ['the default port of http', 'http://app.example:80/cb', 'http://app.example/cb'],
    ['an empty path', 'https://app.example', 'https://app.example/'],
    ['a path where an empty one was registered', 'https://app.example/', 'https://app.example'],
    ['an empty path before a query', 'https://app.example?a=1', 'https://app.example/?a=1'],
    ['all of it at once', 'HTTPS://APP.example:443?a=1', 'https://App.Example'],
    ['a loopback name in capitals, with another port', 'http://LOCALHOST:5000/cb', 'http://localhost/cb'],
    ['a scheme of its own in capitals', 'COM.Example.App:/cb', 'com.example.app:/cb'],
  ])('%s is the same', async (_name, asked, registered) => {
    expect(await ask(asked, [registered])).toBe('accepted')
  })

  it.each([
    ['the port of the other scheme', 'https://app.example:80/cb', one],
    ['another port', 'https://app.example:4433/cb', one],
    ['a port with a zero before it', 'https://app.example:0443/cb', one],
    ['a slash at the end', 'https://app.example/cb/', one],
    ['the path in capitals', 'https://app.example/CB', one],
    ['an escaped letter', 'https://app.example/%63b', one],
    ['dots in the path', 'https://app.example/x/../cb', one],
    ['two slashes', 'https://app.example//cb', one],
    ['a dot after the host', 'https://app.example./cb', one],
    ['a query in capitals', 'https://app.example/cb?A=1', 'https://app.example/cb?a=1'],
  ])('%s is another', async (_name, asked, registered) => {
    expect(await ask(asked, [registered])).toBe('400 invalid_request')
  })
})

describe('the scheme of a callback', () => {
  async function askWith(callback: string, server: AuthorizationServerOptions): Promise<number> {
    const provider = new Provider({ clients: [{ ...client, callbacks: [callback] }], server })
    return (await provider.initiate({ oauth_callback: callback })).status
  }

  it.each([
    'ms-officecmd:x',
    'smb://evil/x',
    'chrome://settings',
    'myapp://cb',
    'intent:x',
    'ws://h/',
    'a..b:/',
    'a.:/x',
    'ftp://h/x',
    'tel:1',
    'mailto:a',
  ])('%s is refused, registered or not, until the operator lists it', async (callback) => {
    expect(await askWith(callback, {})).toBe(400)
    const scheme = callback.slice(0, callback.indexOf(':'))
    if (scheme.endsWith('.') || scheme.includes('..')) return
    expect(await askWith(callback, { callbackSchemes: ['https', scheme.toUpperCase()] })).toBe(200)
  })

  it.each(['com.example.app:/cb', 'org.example-a.b2+c://x'])(
    '%s is private use (RFC 8252 §7.1)',
    async (callback) => {
      expect(await askWith(callback, {})).toBe(200)
      expect(await askWith(callback, { callbackSchemes: ['https'] })).toBe(200)
    },
  )

  it('http can be taken away', async () => {
    expect(await askWith('http://app.example/cb', {})).toBe(200)
    expect(await askWith('http://app.example/cb', { callbackSchemes: ['https'] })).toBe(400)
  })

  it.each(['javascript', 'data', 'FILE', 'blob'])('%s cannot be listed', (scheme) => {
    expect(() => new AuthorizationServer({ callbackSchemes: [scheme] })).toThrow(ConfigurationError)
  })
})

describe('the length of a callback', () => {
  const callback = (length: number) =>
    `https://app.example/${'x'.repeat(length - 'https://app.example/'.length)}`

  it.each([
    [2_000, undefined, 'accepted'],
    [2_001, undefined, '400 invalid_request'],
    [100, 100, 'accepted'],
    [101, 100, '400 invalid_request'],
  ])('of %i characters under a limit of %s: %s', async (length, maxCallbackLength, expected) => {
    const provider = new Provider({
      clients: [{ ...client, callbacks: [callback(length)] }],
      server: maxCallbackLength ? { maxCallbackLength } : {},
    })
    const response = await provider.initiate({ oauth_callback: callback(length) })
    expect(response.status === 200 ? 'accepted' : `${response.status} ${errorOf(response)}`).toBe(expected)
  })
})

it('a host without its scheme is told so', async () => {
  const provider = new Provider()
  expect((await provider.initiate({ oauth_callback: 'app.example/cb' })).body).toContain('https%3A%2F%2F')
})
