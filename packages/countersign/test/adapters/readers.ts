import { createRequire } from 'node:module'
import { parse as parseQuerystring } from 'node:querystring'
import { getQueryParam, getQueryParams } from 'hono/utils/url'
// What our own adapters give to handlers where no other parser runs.
import { formFields } from '../../src/adapters/shared/node-message.ts'
import { refuseSecondQuestionMark } from '../../src/adapters/shared/target.ts'

type Parse = (text: string, options?: object) => unknown

const require = createRequire(import.meta.url)
/** A module as a framework itself finds it: each may have its own version. */
const within = (framework: string, name: string) => createRequire(require.resolve(framework))(name)

const qs: Parse = within('express', 'qs').parse
const qsOf4: Parse = within('express4', 'qs').parse
const qsOfKoa: Parse = createRequire(createRequire(require.resolve('@koa/bodyparser')).resolve('co-body'))(
  'qs',
).parse
const fastQuerystring: Parse = createRequire(
  createRequire(require.resolve('fastify')).resolve('find-my-way'),
)('fast-querystring').parse
const ofFormbody: Parse = within('@fastify/formbody', 'fast-querystring').parse

/** As body-parser calls it, in Express 4, in Express 5 and in NestJS. */
function urlencoded(parse: Parse, extended: boolean): Parse {
  return (text) => {
    const count = text.split('&').length
    return parse(text, {
      allowPrototypes: true,
      arrayLimit: extended ? Math.max(100, count) : count,
      depth: extended ? 32 : 0,
      charset: 'utf-8',
      parameterLimit: 1_000,
      strictDepth: true,
    })
  }
}

/** Every parser between a handler and the text of a query, called as its framework calls it. */
export const queryReaders: readonly (readonly [name: string, read: Parse])[] = [
  ['node:querystring (Express 5)', (text) => parseQuerystring(text)],
  ['qs (Express 5, extended)', (text) => qs(text, { allowPrototypes: true })],
  ['qs (Express 4)', (text) => qsOf4(text, { allowPrototypes: true, arrayLimit: 1_000 })],
  ['fast-querystring (Fastify)', fastQuerystring],
  ['URL (Fetch, node:http)', (text) => [...new URL(`http://h/?${text}`).searchParams]],
  ['URLSearchParams (Koa)', ofKoa],
  ['Hono, all', (text) => getQueryParams(`http://h/?${text}`)],
  ['Hono, by name', byName],
]

function ofKoa(text: string): unknown {
  refuseSecondQuestionMark(`/?${text}`)
  return [...new URLSearchParams(text)]
}

/** Hono searches the query for each name that it is asked for. */
function byName(text: string): unknown {
  return ['a', 'b', 'c', 'x', 'a[]', 'a b', 'a%', 'amount', 'é', '__proto__'].map((name) => [
    getQueryParam(`http://h/?${text}`, name),
    getQueryParams(`http://h/?${text}`, name),
  ])
}

/** The same for the text of a form. */
export const formReaders: readonly (readonly [name: string, read: Parse])[] = [
  ["our adapters' own", (text) => formFields(text)],
  ['body-parser, extended', urlencoded(qs, true)],
  ['body-parser, not extended', urlencoded(qs, false)],
  ['body-parser of Express 4, extended', urlencoded(qsOf4, true)],
  ['co-body (@koa/bodyparser)', (text) => qsOfKoa(text, { allowDots: true })],
  ['fast-querystring (@fastify/formbody)', ofFormbody],
  ['URLSearchParams (Fetch, Hono)', (text) => [...new URLSearchParams(text)]],
]
