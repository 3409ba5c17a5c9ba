import { ConfigurationError } from 'countersign'
import { type Diagnosis, diagnoseSignature } from 'countersign/diagnose'
import { describe, expect, it } from 'vitest'
import { diagnosisSteps } from '../../src/diagnose/diagnose-signature.ts'
import { type Call, send } from './mistaken-client.ts'
import { random } from './random.ts'

const secrets = { clientSecret: 'kd94hf93k423kf44', tokenSecret: 'pfkkdhi9sl3r4s00' }
const credentials = {
  clientId: 'dpf43f3p2l4k3l03',
  clientSecret: 'another',
  token: 'nnch734d00sl2jdk',
  tokenSecret: 'other',
}
const maxTrials = 4_000
/** All trials of one diagnosis go over so many characters of base strings, and some trials more. */
const maxCharacters = 4_000_000

const get = (query: string): Call => ({
  method: 'GET',
  url: `https://api.example.com/v1?${query}`,
  credentials,
})
const post = (form: string): Call => ({
  method: 'POST',
  url: 'https://api.example.com/v1',
  form,
  credentials,
})
const json = (text: string): Call => ({
  method: 'POST',
  url: 'https://api.example.com/v1',
  content: { type: 'application/json', text },
  credentials,
})
const list = (count: number, item: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => item(index)).join('&')

const hostile: Readonly<Record<string, Call>> = {
  'a form of 64 KiB in one value': post(`a=${'x'.repeat(65_530)}`),
  'a form of 64 KiB of escapes': post(`a=${'%2F'.repeat(21_840)}`),
  'a form of 64 KiB of marks': post(`a=${"!*'()".repeat(13_000)}`),
  'a form of 60 KiB of characters outside ASCII': post(`a=${'%C3%A9'.repeat(10_000)}`),
  'a form of one name of 64 KiB': post(`${'n'.repeat(65_000)}=1`),
  '1000 parameters': post(list(1_000, (index) => `p${index}=${index}`)),
  '1000 parameters in the query': get(list(1_000, (index) => `p${index}=${index}`)),
  '1000 parameters of one name': post(list(1_000, (index) => `p=${index}`)),
  '1000 equal parameters': post(list(1_000, () => 'p=1')),
  '500 names, each twice': post(list(1_000, (index) => `p${index % 500}=${index}`)),
  '1000 empty parameters': post(list(1_000, (index) => `p${index}`)),
  '1000 names with brackets': post(list(1_000, (index) => `p[${index % 30}][]=1`)),
  'deep brackets': post(`a${'[b]'.repeat(10_000)}=1`),
  'an address of 16 KiB': get(`a=${'x'.repeat(16_300)}`),
  'a path of 16 KiB': { ...get(''), url: `https://api.example.com/${'a/'.repeat(8_000)}?b=1` },
  'a path of escapes': { ...get(''), url: `https://api.example.com/${'%2F%20'.repeat(1_500)}?b=1` },
  'a long host': { ...get(''), url: `https://${'www.'.repeat(60)}example.com/?b=1` },
  'JSON of 1 MiB': json(JSON.stringify({ a: 'x'.repeat(1 << 20) })),
  'JSON of 10 000 members': json(
    JSON.stringify(Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`m${i}`, i]))),
  ),
  'deep JSON': json(`${'['.repeat(50_000)}${']'.repeat(50_000)}`),
  'JSON as deep as it may be long': json(`${'['.repeat(8_000)}${']'.repeat(8_000)}`),
  'JSON of deep members': json(`${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`),
  'broken JSON': json('{"a":'),
  'JSON with __proto__': json('{"__proto__":{"x":1},"constructor":1,"toString":null}'),
  'JSON with objects that cannot be printed': json(
    '{"a":{"toString":1},"b":[{"toString":null}],"c":{"valueOf":null,"toString":null}}',
  ),
  'a JSON list of objects that cannot be printed': json('[{"toString":1},[{"toString":1}]]'),
  'JSON with deep objects that cannot be printed': json(
    `{"a":${'{"b":'.repeat(8)}[{"toString":1}]${'}'.repeat(8)}}`,
  ),
  'a JSON list of many': json(JSON.stringify(Array.from({ length: 10_000 }, (_, i) => i))),
  'content with lone surrogates and NUL': json('{"a":"\\ud800\ud800\0"}'),
  'a form body that is long and no form': json('&'.repeat(100_000)),
  'names of Object': post('__proto__=1&constructor=2&hasOwnProperty=3&toString=4&__proto__=5'),
}

/** These stand in the request as they are, as no client would write them. */
const odd: Readonly<Record<string, Partial<Call>>> = {
  'a NUL in a value': { form: 'a=%00&b=%00' },
  'lone surrogates in WTF-8': { form: 'a=%ED%A0%80&b=%ED%B0%80' },
  'escapes that are none': { form: 'a=%&b=%zz&c=%E9&%=1' },
  'raw lone surrogates': { form: 'a=\ud800&\udc00=1' },
  'raw characters outside ASCII': { form: 'é=ü&名=😀' },
  'a raw NUL': { form: 'a=\0' },
  'only separators': { form: '&&&===&=&' },
  'a lone surrogate in the query': { url: 'https://api.example.com/v1?a=\ud800' },
  'a fragment': { url: 'https://api.example.com/v1?a=1#b?c' },
  'a user in the address': { url: 'https://user:pass@api.example.com/v1?a=1' },
  'an address that is none': { url: 'nowhere' },
  'no path': { url: 'https://api.example.com?a=1' },
  'a long method': { method: 'X'.repeat(10_000) },
  'no method': { method: '' },
  'a method with blanks': { method: 'G E\nT' },
}

function told(call: Call, changes: Partial<Call> = {}): Diagnosis {
  const { request } = send(call, [])
  const { method = request.method, url = request.url, form = request.body } = changes
  return diagnoseSignature(
    { ...request, method, url, ...(form === undefined ? {} : { body: form }) },
    secrets,
    { baseStrings: true, ...(call.content === undefined ? {} : { content: call.content.text }) },
  )
}

function expectBounded(diagnosis: Diagnosis): void {
  expect(diagnosis.outcome).toBe('unexplained')
  expect(diagnosis.proven).toBe(false)
  expect(diagnosis.trials).toBeLessThanOrEqual(maxTrials)
  const length = diagnosis.baseStrings?.expected.length ?? 0
  expect(diagnosis.trials * length).toBeLessThanOrEqual(maxCharacters + 200 * length)
}

const deep = `${'['.repeat(30_000)}${']'.repeat(30_000)}`

it.each([
  '{"keys":[1]}',
  '{"keys":[null]}',
  '{"keys":[{"kty":"RSA","n":{"toString":1},"e":"AQAB"}]}',
  '{"kty":{"toString":1}}',
  `{"kty":"RSA","n":${deep},"e":"AQAB"}`,
  `{"keys":[${deep}]}`,
])('a key that is none is needed only for an RSA signature: %.60s', (text) => {
  const publicKey = JSON.parse(text)
  const told = (method: string, signature: string) => {
    const authorization = `OAuth oauth_consumer_key="a",oauth_signature_method="${method}",oauth_timestamp="1",oauth_nonce="b",oauth_signature="${signature}"`
    const request = { method: 'GET', url: 'https://api.example.com/', headers: { authorization } }
    return diagnoseSignature(request, { ...secrets, publicKey }).outcome
  }
  expect(told('HMAC-SHA1', `${'A'.repeat(27)}%3D`)).toBe('unexplained')
  expect(() => told('RSA-SHA1', `${'A'.repeat(342)}%3D%3D`)).toThrow(ConfigurationError)
})

describe('a request that is to cost much', () => {
  it.each(Object.entries(hostile))('is given up within the bounds: %s', (_, call) => {
    expectBounded(told(call))
  })

  it.each(Object.entries(hostile))('lets others run meanwhile: %s', (_, call) => {
    const { request } = send(call, [])
    const steps = diagnosisSteps(request, secrets, { content: call.content?.text })
    let pauses = 0
    let step = steps.next()
    for (; !step.done; step = steps.next()) pauses++
    const { trials } = step.value.diagnosis
    const { baseStrings } = diagnoseSignature(request, secrets, { baseStrings: true })
    const characters = trials * (baseStrings?.expected.length ?? 0)
    // At the next trial after 250 000 characters: of the longest requests each trial is so long.
    expect(pauses).toBeGreaterThanOrEqual(Math.min(characters / 500_000, trials / 4) - 1)
  })

  it.each(Object.entries(odd))('or that is odd is told of without an exception: %s', (_, changes) => {
    expectBounded(told(post('a=1'), changes))
  })

  it('is told of without an exception, whatever stands in the header', () => {
    const draw = random(59)
    const text = [...'OAuth oauth_signature="%=,&é\0\ud800\n', 'oauth_token="', '", ', '%2', '%FF']
    for (let count = 0; count < 300; count++) {
      const { request } = send(post('a=1'))
      const authorization = draw.one([
        draw.text(text, 60),
        `OAuth ${draw.text(text, 60)}`,
        `${request.headers['authorization']}, ${draw.text(text, 20)}`,
      ])
      const diagnosis = diagnoseSignature(
        { ...request, headers: { ...request.headers, authorization } },
        secrets,
      )
      expect(diagnosis.proven).toBe(false)
      expect(diagnosis.trials).toBeLessThanOrEqual(maxTrials)
    }
  })
})
