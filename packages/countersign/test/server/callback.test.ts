import {
  AuthorizationServer,
  type AuthorizationServerOptions,
  ConfigurationError,
  checkCallbackForm,
} from 'countersign'
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

it('a port counts where a loopback address is but a part of the callback', async () => {
  const registered = (port: number) => `https://app.example/to/http://localhost:${port}/cb`
  expect(await ask(registered(1), [registered(1)])).toBe('accepted')
  expect(await ask(registered(2), [registered(1)])).toBe('400 invalid_request')
})

it('a loopback address may be registered without a port, and asked for with one', async () => {
  expect(await ask('http://localhost:1/cb', ['http://localhost/cb'])).toBe('accepted')
  expect(await ask('http://localhost/cb', ['http://localhost:1/cb'])).toBe('accepted')
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
    ['a query after a registered query', 'https://printer.example.com/with?x=1&y=2'],
    ['a second question mark after a registered query', 'https://printer.example.com/with?x=1?y=2'],
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
    ['a port that is none', 'https://printer.example.com:8x/ready'],
    ['a port beyond the last', 'https://printer.example.com:65536/ready'],
    ['half an IPv6 address', 'http://['],
    ['a host that cannot be', 'https://a%zz/ready'],
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
    expect(await ask('HTTP://anywhere.example.com/x', [], true)).toBe('accepted')
    expect(await ask('com.example.myapp://done', [], true)).toBe('400 invalid_request')
    expect(await ask('com.example.myapp:https://x', [], true)).toBe('400 invalid_request')
  })

  it('is one without any: where some are registered, no other is accepted', async () => {
    expect(await ask('https://anywhere.example.com/x', registered, true)).toBe('400 invalid_request')
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
    ['a loopback address without a path, with another port', 'http://127.0.0.1:5000', 'http://127.0.0.1:80/'],
    ['an IPv6 address in capitals', 'https://[2001:DB8::1]:443/cb', 'https://[2001:db8::1]/cb'],
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
    ['the default port of the other scheme', 'http://app.example:443/cb', 'http://app.example/cb'],
    ['a loopback address over https with another port', 'https://127.0.0.1:5000/cb', 'https://127.0.0.1/cb'],
    ['a port that is none', 'https://app.example:8x/cb', one],
    ['what follows a port that is none', 'https://app.example:8y/cb', 'https://app.example:8x/cb'],
    ['another scheme of its own', 'com.example.other:/cb', 'com.example.app:/cb'],
    ['a port of a scheme of its own', 'com.example.app://h:443/x', 'com.example.app://h/x'],
    ['an empty port of a scheme of its own', 'com.example.app://h:/x', 'com.example.app://h/x'],
    ['a slash at the end of a scheme of its own', 'com.example.app://h/', 'com.example.app://h'],
    ['a path of a scheme of its own in capitals', 'com.example.app:/CB', 'com.example.app:/cb'],
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

  it.each([
    ...['javascript', 'data', 'vbscript', 'FILE', 'blob'],
    ...['about', 'filesystem', 'view-source', 'Feed', 'jar'],
  ])('%s cannot be listed', (scheme) => {
    expect(() => new AuthorizationServer({ callbackSchemes: [scheme] })).toThrow(ConfigurationError)
    expect(() => checkCallbackForm(`${scheme}:x`, { schemes: [scheme] })).toThrow(
      /must not use the .* scheme/,
    )
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

describe('a callback that is refused is told why', () => {
  const absolute = 'must be "oob" or an absolute URI without spaces, line ends, backslashes or a fragment'
  const own = 'or one of your own with a dot, such as com.example.app'
  it.each([
    ['text', 'ready', absolute],
    ['a fragment', 'https://app.example/#x', absolute],
    ['an angle bracket', 'https://app.example/<', absolute],
    ['a closing angle bracket', 'https://app.example/>', absolute],
    ['a host without its scheme', 'app.example/cb', `${absolute}; begin it with https://`],
    ['a host alone', 'my-app.example', `${absolute}; begin it with https://`],
    ['a host before a query', 'a.b.example?x=1', `${absolute}; begin it with https://`],
    ['a host with its port', 'app.example:8080/<', `${absolute}; begin it with https://`],
    ['a port alone after the host', 'app.example:8080 ', absolute],
    ['a host before a fragment', 'app.example#x', absolute],
    ['a host after a space', ' app.example/cb', absolute],
    ['a name without a dot', 'localhost/cb', absolute],
    ['another scheme', 'FTP://h/x', `must not use the ftp scheme; use https or http, ${own}`],
    [
      'a long scheme',
      `${'x'.repeat(101)}:/`,
      `must not use the ${'x'.repeat(100)} scheme; use https or http, ${own}`,
    ],
    ['a digit before the dot', '1.2:/', absolute],
    ['a space before it', ' https://app.example/cb', absolute],
    ['a digit before the scheme', '1https://app.example/cb', absolute],
    [
      'a dot at the end of the scheme',
      'com.example.:/',
      `must not use the com.example. scheme; use https or http, ${own}`,
    ],
    [
      'two dots in a scheme',
      'com..example:/',
      `must not use the com..example scheme; use https or http, ${own}`,
    ],
    [
      'two dots and one',
      'a..com.example:/',
      `must not use the a..com.example scheme; use https or http, ${own}`,
    ],
    ['no host', 'https:///cb', 'names no host'],
    ['no slashes', 'https:cb', 'names no host'],
    ['slashes later', 'https:cb//app.example', 'names no host'],
    ['a query for a host', 'http://?x', 'names no host'],
    ['a port alone', 'HTTP://:80/', 'names no host'],
    ['a password alone', 'https://:pw@app.example/', 'must not hold user information before the host'],
    ['2001 characters', `https://app.example/${'x'.repeat(1981)}`, 'must have at most 2000 characters'],
    [
      'an unregistered one',
      'https://evil.example/',
      'is not one of the callbacks that this client registered',
    ],
  ])('%s', async (_name, callback, why) => {
    const { body } = await new Provider().initiate({ oauth_callback: callback })
    expect(new URLSearchParams(body).get('error_description')).toBe(`oauth_callback ${why}.`)
  })

  it.each([undefined, null, [], 'https://app.example/cb', [7]])(
    'where none is registered but %j',
    async (callbacks) => {
      const provider = new Provider({
        clients: [{ ...client, callbacks: callbacks as unknown as [] }],
        server: { on: () => {} },
      })
      const { body } = await provider.initiate({ oauth_callback: 'https://app.example/cb' })
      expect(new URLSearchParams(body).get('error_description')).toBe(
        'oauth_callback is not registered: this client has no callbacks and can only use "oob".',
      )
    },
  )

  it.each([
    'http://app.example/',
    'com.xhttps:',
    'https.example:',
    'https://app.example/@',
    'https://[::1]/cb',
    'com.example.app:@',
    'com.example.app://?a@b',
  ])('but %s is no fault', (callback) => {
    expect(() => checkCallbackForm(callback)).not.toThrow()
  })
})

describe('the prefix rule', () => {
  it.each([
    ['a path below one that ends in a slash', 'https://app.example/cb/', 'https://app.example/cb/eu', true],
    ['a path that only begins alike', 'https://app.example/cb/', 'https://app.example/cb', false],
    ['a query at the registered path', 'https://app.example/cb', 'https://app.example/cb?a=/../', true],
    ['dots in the query of a path below', 'https://app.example/cb', 'https://app.example/cb/x?a=/../', true],
    ['a path below a loopback address with another port', 'http://[::1]/cb', 'http://[::1]:5000/cb/x', true],
    ['a path below one with a query', 'https://app.example/cb?a=1', 'https://app.example/cb?a=1/x', false],
    ['one dot', 'https://app.example/cb', 'https://app.example/cb/./x', false],
    ['dots at the end', 'https://app.example/cb', 'https://app.example/cb/..', false],
    ['dots before a query', 'https://app.example/cb', 'https://app.example/cb/..?x', false],
    ['an encoded dot and a plain one', 'https://app.example/cb', 'https://app.example/cb/.%2e/x', false],
    ['three dots, which are a name', 'https://app.example/cb', 'https://app.example/cb/.../x', true],
    ['a name that begins with a dot', 'https://app.example/cb', 'https://app.example/cb/.well-known', true],
    ['a name that ends in a dot', 'https://app.example/cb', 'https://app.example/cb/x./y', true],
    ['oob', 'https://app.example/cb', 'oob', true],
  ])('%s', async (_name, registered, asked, isAccepted) => {
    const provider = new Provider({
      clients: [{ ...client, callbacks: [registered] }],
      server: { callbackRule: 'prefix' },
    })
    expect((await provider.initiate({ oauth_callback: asked })).status).toBe(isAccepted ? 200 : 400)
  })
})
