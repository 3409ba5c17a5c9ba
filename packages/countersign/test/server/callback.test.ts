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
