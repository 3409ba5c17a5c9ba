import { expect, it } from 'vitest'
import { type Draft, sign, spoiled } from '../src/signing.ts'

/** The protected request of RFC 5849 §1.2. */
const printer: Draft = {
  method: 'GET',
  url: 'http://photos.example.net/photos?file=vacation.jpg&size=original',
  client: { key: 'dpf43f3p2l4k3l03', secret: 'kd94hf93k423kf44' },
  token: { key: 'nnch734d00sl2jdk', secret: 'pfkkdhi9sl3r4s00' },
  signatureMethod: 'HMAC-SHA1',
  oauth: { oauth_timestamp: '137131202', oauth_nonce: 'chapoH' },
}

it("signs the RFC's example as the RFC does", () => {
  const [, authorization] = sign(printer).headers[0] ?? []
  expect(authorization).toContain('oauth_signature="MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D"')
})

it.each([
  ['header', { place: 'header' }, /^OAuth oauth_consumer_key="dpf43f3p2l4k3l03", oauth_token=/],
  ['query', { place: 'query' }, /size=original&oauth_consumer_key=dpf43f3p2l4k3l03&oauth_token=/],
  ['body', { place: 'body', method: 'POST', form: 'a=1' }, /^a=1&oauth_consumer_key=dpf43f3p2l4k3l03&/],
] as const)('writes the protocol parameters into the %s', (_, changes, expected) => {
  const { url, headers, body } = sign({ ...printer, ...changes })
  const places = [headers.find(([name]) => name === 'Authorization')?.[1], url, body]
  expect(places.filter((text) => expected.test(String(text)))).toHaveLength(1)
  expect(places.filter((text) => String(text).includes('oauth_signature='))).toHaveLength(1)
})

it('leaves out undefined parameters, and sends the requested text in place of the right signature', () => {
  const [, absent] = sign({ ...printer, oauth: { oauth_nonce: undefined } }).headers[0] ?? []
  expect(absent).not.toContain('oauth_nonce')
  const [, given] = sign({ ...printer, signature: () => 'wrong' }).headers[0] ?? []
  expect(given).toMatch(/oauth_signature="wrong"$/)
})

it.each(['Abc', 'abc', 'Xbc'])('spoils %s so that it differs where case does not count, too', (text) => {
  expect(spoiled(text).toUpperCase()).not.toBe(text.toUpperCase())
  expect(spoiled(text)).toHaveLength(text.length)
})
