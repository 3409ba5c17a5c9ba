import { expect, it } from 'vitest'
import { parseRsaPublicKey, splitCallbacks } from '../../src/stores/shared/column-text.ts'

// What all SQL stores read their columns with: one row's fault must not look like a failure of the store.
it.each<[string, unknown, unknown]>([
  ['PEM', '-----BEGIN PUBLIC KEY-----', '-----BEGIN PUBLIC KEY-----'],
  ['a JWK', ' {"kty":"RSA"}', { kty: 'RSA' }],
  ['a broken JWK', '{"kty":"RSA"', '{"kty":"RSA"'],
  ['a brace', '{', '{'],
  ['a number', 5, 5],
  ['nothing', null, undefined],
  ['empty text', '', undefined],
])('a key column that holds %s is read, and judged by the core', (_name, stored, expected) => {
  expect(parseRsaPublicKey(stored as string)).toEqual(expected)
})

it.each<[string, unknown, unknown]>([
  ['text', ' https://a/ \n https://b/ ', ['https://a/', 'https://b/']],
  ['a list, as PostgreSQL has', ['https://a/'], ['https://a/']],
  ['a number', 5, 5],
  ['nothing', null, []],
])('so are callbacks that are %s', (_name, stored, expected) => {
  expect(splitCallbacks(stored as string)).toEqual(expected)
})
