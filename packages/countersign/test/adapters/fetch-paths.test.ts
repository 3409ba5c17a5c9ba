import { requireOAuth } from 'countersign/fetch'
import { expect, it } from 'vitest'
import { App } from './app.ts'
import { authorization } from './client.ts'

// The table of docs/fetch.md: a Request holds what the URL standard makes of a path, in every runtime alike.

const handler = requireOAuth(new App().protector)(() => new Response())

/** The status of the response to a request that was signed for one path and is sent to another. */
async function statusOf(signedPath: string, path: string): Promise<number> {
  const headers = { authorization: authorization({ base: 'http://h', path: signedPath }) }
  return (await handler(new Request(`http://h${path}`, { headers }))).status
}

it.each([
  ['/a/./b', '/a/b'],
  ['/a/../b', '/b'],
  ['/a/%2e%2E/b', '/b'],
  ['/a\\b', '/a/b'],
  ['/ü', '/%C3%BC'],
  ['/{a}', '/%7Ba%7D'],
  ['/a"b', '/a%22b'],
  ['/<a>', '/%3Ca%3E'],
])('the path %s arrives as %s: only who signed that is let in', async (sent, seen) => {
  expect(new Request(`http://h${sent}`).url).toBe(`http://h${seen}`)
  // No client can sign what no URL may hold.
  if (!/[^\0-\x7f]/.test(sent)) expect(await statusOf(sent, sent)).toBe(401)
  expect(await statusOf(seen, sent)).toBe(200)
})

it.each([
  '/a//b',
  '//a',
  '/a/',
  '/%7euser',
  '/%c3%bc',
  '/a%2fb',
  '/a+b',
  "/it's(x)*!",
  '/a;b=1,c',
  '/a|b',
  '/a:b@c',
])('the path %s arrives as it was sent', async (path) => {
  expect(new Request(`http://h${path}`).url).toBe(`http://h${path}`)
  expect(await statusOf(path, path)).toBe(200)
})
