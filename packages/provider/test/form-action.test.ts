import { expect, it } from 'vitest'
import { requestOf, requestPath, returnPath } from '../src/web/http/return-path.ts'
import { formActionSource } from '../src/web/oauth/form-action.ts'

it.each([
  ['https://Album.example/cb?x=1', 'https://album.example'],
  ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ['myapp://granted', 'myapp:'],
  ['com.example.app:/cb', 'com.example.app:'],
  ['http://[::1]:8080/cb', 'http:'],
  ["https://a;script-src'unsafe-inline'/cb", 'https:'],
  ['https://a.example,b/cb', 'https:'],
  ['oob', undefined],
])('writes the callback %s as the source %s', (callback, source) => {
  expect(formActionSource(callback)).toBe(source)
})

it.each([
  ['/oauth/authorize?oauth_token=a-b_c%2F', '/oauth/authorize?oauth_token=a-b_c%2F'],
  ['/clients', '/clients'],
  ['/clients/new', '/clients/new'],
  ['/clients/9rGZ2k1vYB0a7dXcQeTu', '/clients/9rGZ2k1vYB0a7dXcQeTu'],
  ['/authorizations', '/authorizations'],
  ['/clients/../sign-out', '/'],
  ['/clients/a/delete', '/clients/a/delete'],
  ['/clients/a/mode', '/'],
  ['/clients/a?x=1', '/'],
  ['/clients/a\n', '/'],
  ['/oauth/authorize?oauth_token=a&x=1', '/'],
  ['/oauth/authorize?oauth_token=a\r\nset-cookie:x', '/'],
  ['//evil.example', '/'],
  ['https://evil.example', '/'],
  ['/sign-out', '/'],
  [undefined, '/'],
])('returns from %s to %s', (wanted, path) => {
  expect(returnPath(wanted)).toBe(path)
})

it.each([
  ['a-b._~', '/oauth/authorize?oauth_token=a-b._~'],
  ["!*'()/&=", '/oauth/authorize?oauth_token=%21%2A%27%28%29%2F%26%3D'],
  ['', '/'],
])('finds the page of the request %s, and the request of the page', (oauthToken, path) => {
  expect(requestPath(oauthToken)).toBe(path)
  expect(requestOf(path)).toBe(oauthToken || undefined)
})
