import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AuthorizationServer, ResourceProtector } from 'countersign'
import { BearerProtector, TokenExchange } from 'countersign/bridge'
import { OAuth1Client } from 'countersign/client'
import { memoryHooks } from 'countersign/memory'
import { TestClient } from 'countersign/testing'
import { expect, it } from 'vitest'
import { methodsPage } from '../../scripts/methods.ts'

const page = await readFile(join(import.meta.dirname, '../../docs/methods.md'), 'utf8')
const hooks = memoryHooks()
const protector = new ResourceProtector({ hooks })

it('docs/methods.md is what the sources and their comments say', () => {
  expect(page).toBe(methodsPage())
})

/** What can be called or read, asked of the object itself. */
function namesOf(object: object, own: object = Object.getPrototypeOf(object)): string[] {
  const inherited: string[] = []
  for (let type = own; type !== Object.prototype; type = Object.getPrototypeOf(type))
    inherited.push(...Object.getOwnPropertyNames(type))
  const hidden = ['constructor', 'configure', 'parse', 'refuse', 'hook', 'hooks', 'options']
  return [...new Set([...Object.keys(object), ...inherited])].filter((name) => !hidden.includes(name)).sort()
}

const never = () => undefined as never
const exchange = new TokenExchange({
  protector,
  earlierTokens: 'keep',
  hooks: { ...hooks, scopesFor: never, pairedClient: never, clientsPairedWith: never, issueTokens: never },
})

it.each<[string, object]>([
  ['AuthorizationServer', new AuthorizationServer({ hooks })],
  ['ResourceProtector', protector],
  ['TokenExchange', exchange],
  ['OAuth1Client', new OAuth1Client({ clientId: 'a', clientSecret: 'b' })],
  ['TestClient', new TestClient({ clientId: 'a', clientSecret: 'b' })],
])('has every method of %s', (name, object) => {
  expect(namesUnder(name)).toEqual(namesOf(object))
})

it('has every method that BearerProtector overrides', () => {
  const own = Object.getOwnPropertyNames(BearerProtector.prototype).filter((name) => name !== 'constructor')
  expect(namesUnder('BearerProtector')).toEqual(own.sort())
})

it.each([
  ['Core', () => import('countersign')],
  ['Express', () => import('countersign/express')],
  ['Fastify', () => import('countersign/fastify')],
  ['Hono', () => import('countersign/hono')],
  ['Koa', () => import('countersign/koa')],
  ['NestJS', () => import('countersign/nestjs')],
  ['Fetch', () => import('countersign/fetch')],
  ['Node', () => import('countersign/node')],
  ['Bridge', () => import('countersign/bridge')],
  ['Development', () => import('countersign/dev')],
  ['Tests', () => import('countersign/testing')],
])('has every export of %s', async (title, load) => {
  const exported = Object.entries<unknown>(await load()).filter(
    // Classes have sections of their own, and errors are on another page.
    ([name, value]) => name === 'CountersignModule' || !/^class\b/.test(String(value)),
  )
  const named = new Set(namesUnder(title).map((name) => name.split('.')[0]))
  expect([...named].sort()).toEqual(exported.map(([name]) => name).sort())
})

it('says what each of them does, and what each function returns', () => {
  const rows = [...page.matchAll(/^\| `(\w[\w.]*)([^`]*)` \| (.*?) \| (.*?) \| /gm)]
  expect(rows.length).toBeGreaterThan(100)
  for (const [, name = '', parameters = '', returns, text] of rows) {
    expect([name, text]).toEqual([name, expect.stringMatching(/^[A-Z`].*[.)]$/)])
    if (parameters !== '') expect([name, returns]).toEqual([name, expect.stringMatching(/^`.+`$/)])
  }
})

function namesUnder(heading: string): string[] {
  const [section = ''] = page.split(`\n## ${heading}\n`)[1]?.split('\n## ') ?? []
  return [...section.matchAll(/^\| `(\w[\w.]*)/gm)].map(([, name = '']) => name).sort()
}
