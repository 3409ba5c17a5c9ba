import { createHmac } from 'node:crypto'
import { builtInSignatureMethods, type HttpRequest } from 'countersign'
import { normalizeParameters, OAuth1Request, parseAuthorizationHeader, splitUrl } from 'countersign/protocol'
import { describe, expect, it } from 'vitest'

const plain =
  'OAuth realm="Example",\n  oauth_consumer_key="9djdj82h48djs9d2",\n  oauth_token="kkk9d7dh3k39sjv7"'
/** The request that sections 3.1 and 3.4.1 share. Line breaks of the header are the RFC's, for display only. */
const request34: HttpRequest = {
  method: 'POST',
  url: 'http://example.com/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b',
  headers: {
    authorization: unfold(`${plain},
      oauth_signature_method="HMAC-SHA1",
      oauth_timestamp="137131201",
      oauth_nonce="7d8f3e4a",
      oauth_signature="bYT5CMsGcbgUdFHObYMEfcx6bsw%3D"`),
  },
  body: 'c2&a3=2+q',
}

const baseString34 =
  'POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q' +
  '%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D%26oauth_consumer_' +
  'key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_m' +
  'ethod%3DHMAC-SHA1%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk' +
  '9d7dh3k39sjv7'

function unfold(header: string): string {
  return header.replace(/\n\s*/g, ' ')
}

function hmacSha1(request: OAuth1Request, clientSecret: string, tokenSecret: string): string {
  const method = builtInSignatureMethods['HMAC-SHA1']
  if (method?.kind !== 'symmetric') throw new Error('HMAC-SHA1 is symmetric')
  return method.sign({ baseString: request.baseString, clientSecret, tokenSecret }) as string
}

describe('§1.2: the three signed requests of the printing service', () => {
  const common =
    'OAuth realm="Photos", oauth_consumer_key="dpf43f3p2l4k3l03", oauth_signature_method="HMAC-SHA1"'
  it.each([
    [
      'temporary credentials',
      'POST',
      'https://photos.example.net/initiate',
      'oauth_timestamp="137131200", oauth_nonce="wIjqoS", oauth_callback="http%3A%2F%2Fprinter.example.com%2Fready", oauth_signature="74KNZJeDHnMBp0EMJ9ZHt%2FXKycU%3D"',
      '',
    ],
    [
      'token credentials',
      'POST',
      'https://photos.example.net/token',
      'oauth_token="hh5s93j4hdidpola", oauth_timestamp="137131201", oauth_nonce="walatlh", oauth_verifier="hfdp7dh39dks9884", oauth_signature="gKgrFCywp7rO0OXSjdot%2FIHF7IU%3D"',
      'hdhd0244k9j7ao03',
    ],
    [
      // No endpoint is named for it: it was signed for plain http.
      'the photo',
      'GET',
      'http://photos.example.net/photos?file=vacation.jpg&size=original',
      'oauth_token="nnch734d00sl2jdk", oauth_timestamp="137131202", oauth_nonce="chapoH", oauth_signature="MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D"',
      'pfkkdhi9sl3r4s00',
    ],
  ])('%s: the printed signature verifies', (_name, method, url, rest, tokenSecret) => {
    const request = OAuth1Request.parse({ method, url, headers: { authorization: `${common}, ${rest}` } })
    expect(request.realm).toBe('Photos')
    expect(hmacSha1(request, 'kd94hf93k423kf44', tokenSecret)).toBe(request.signature)
  })
})

describe('§2.1 and §2.3: the PLAINTEXT requests', () => {
  it.each([
    [
      'oauth_callback="http%3A%2F%2Fclient.example.net%2Fcb%3Fx%3D1", oauth_signature="ja893SD9%26"',
      '',
      'ja893SD9&',
    ],
    [
      'oauth_token="hdk48Djdsa", oauth_verifier="473f82d3", oauth_signature="ja893SD9%26xyz4992k83j47x0b"',
      'xyz4992k83j47x0b',
      'ja893SD9&xyz4992k83j47x0b',
    ],
  ])('%s', (rest, tokenSecret, signature) => {
    const authorization = `OAuth realm="Example", oauth_consumer_key="jd83jd92dhsh93js", oauth_signature_method="PLAINTEXT", ${rest}`
    const request = OAuth1Request.parse({
      method: 'POST',
      url: 'https://server.example.com/x',
      headers: { authorization },
    })
    const method = builtInSignatureMethods['PLAINTEXT']
    expect(request.signature).toBe(signature)
    expect(
      method?.kind === 'symmetric' && method.sign({ baseString: '', clientSecret: 'ja893SD9', tokenSecret }),
    ).toBe(signature)
    expect(request.callback ?? 'http://client.example.net/cb?x=1').toBe('http://client.example.net/cb?x=1')
  })
})

describe('§3.1', () => {
  it('prints a signature that does not verify; the right one is r6/TJjbCOr97/+UU0NsvSne7s5g=', () => {
    const request = OAuth1Request.parse(request34)
    const computed = hmacSha1(request, 'j49sk3j29djd', 'dh893hdasih9')
    expect(request.signature).toBe('bYT5CMsGcbgUdFHObYMEfcx6bsw=')
    expect(computed).not.toBe(request.signature)
    expect(computed).toBe('r6/TJjbCOr97/+UU0NsvSne7s5g=')
    // Node's own HMAC over the base string that the RFC prints in §3.4.1.1 says the same.
    expect(createHmac('sha1', 'j49sk3j29djd&dh893hdasih9').update(baseString34).digest('base64')).toBe(
      computed,
    )
  })
})

describe('§3.4.1: the signature base string', () => {
  it('§3.4.1.1: is the printed one', () => {
    expect(OAuth1Request.parse(request34).baseString).toBe(baseString34)
  })

  it.each([
    ['http://EXAMPLE.COM:80/r%20v/X?id=123', 'http://example.com/r%20v/X'],
    ['https://www.example.net:8080/?q=1', 'https://www.example.net:8080/'],
  ])('§3.4.1.2: %s has the base string URI %s', (url, baseUri) => {
    expect(splitUrl(url).baseUri).toBe(baseUri)
  })

  it('§3.4.1.3.1: the parameters are as in the table, fully decoded', () => {
    const request = OAuth1Request.parse(request34)
    expect(request.parameters).toEqual([
      ['b5', '=%3D'],
      ['a3', 'a'],
      ['c@', ''],
      ['a2', 'r b'],
      ['c2', ''],
      ['a3', '2 q'],
    ])
    expect([
      request.clientId,
      request.oauthToken,
      request.signatureMethod,
      request.timestamp,
      request.nonce,
    ]).toEqual(['9djdj82h48djs9d2', 'kkk9d7dh3k39sjv7', 'HMAC-SHA1', '137131201', '7d8f3e4a'])
  })

  it('§3.4.1.3.2: the encoded table is sorted and concatenated as printed', () => {
    const table = [
      ['b5', '%3D%253D'],
      ['a3', 'a'],
      ['c%40', ''],
      ['a2', 'r%20b'],
      ['oauth_consumer_key', '9djdj82h48djs9d2'],
      ['oauth_token', 'kkk9d7dh3k39sjv7'],
      ['oauth_signature_method', 'HMAC-SHA1'],
      ['oauth_timestamp', '137131201'],
      ['oauth_nonce', '7d8f3e4a'],
      ['c2', ''],
      ['a3', '2%20q'],
    ].map(([name = '', value = '']) => ({ name, value }))
    expect(normalizeParameters(table)).toBe(
      'a2=r%20b&a3=2%20q&a3=a&b5=%3D%253D&c%40=&c2=&oauth_consumer_key=9dj' +
        'dj82h48djs9d2&oauth_nonce=7d8f3e4a&oauth_signature_method=HMAC-SHA1' +
        '&oauth_timestamp=137131201&oauth_token=kkk9d7dh3k39sjv7',
    )
  })
})

describe('§3.5: the three transports carry the same parameters', () => {
  const header = `OAuth realm="Example",
      oauth_consumer_key="0685bd9184jfhq22",
      oauth_token="ad180jjd733klru7",
      oauth_signature_method="HMAC-SHA1",
      oauth_signature="wOJIO9A2W5mFwDgiDvZbTSMK%2FPY%3D",
      oauth_timestamp="137131200",
      oauth_nonce="4572616e48616d6d65724c61686176",
      oauth_version="1.0"`
  const form =
    'oauth_consumer_key=0685bd9184jfhq22&oauth_token=ad180jjd733klr' +
    'u7&oauth_signature_method=HMAC-SHA1&oauth_signature=wOJIO9A2W5mFwDgi' +
    'DvZbTSMK%2FPY%3D&oauth_timestamp=137131200&oauth_nonce=4572616e48616' +
    'd6d65724c61686176&oauth_version=1.0'
  const url = 'http://example.com/request'

  it('§3.5.1: the header example parses, its realm apart', () => {
    const parsed = parseAuthorizationHeader(unfold(header))
    expect(parsed?.realm).toBe('Example')
    expect(parsed?.parameters.map(({ name, value }) => `${name}=${value}`).join('&')).toBe(form)
  })

  it.each<[string, HttpRequest, string]>([
    ['§3.5.1', { method: 'POST', url, headers: { authorization: unfold(header) } }, 'header'],
    ['§3.5.2', { method: 'POST', url, headers: {}, body: form }, 'body'],
    ['§3.5.3', { method: 'POST', url: `${url}?${form}`, headers: {} }, 'query'],
  ])('%s', (_name, http, transport) => {
    const request = OAuth1Request.parse(http)
    expect(request.place).toBe(transport)
    expect(request.signature).toBe('wOJIO9A2W5mFwDgiDvZbTSMK/PY=')
    expect(request.parameters).toEqual([])
    expect(request.baseString).toBe(
      'POST&http%3A%2F%2Fexample.com%2Frequest&oauth_consumer_key%3D0685bd9184jfhq22%26oauth_nonce%3D4572616e48616d6d65724c61686176%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131200%26oauth_token%3Dad180jjd733klru7%26oauth_version%3D1.0',
    )
  })
})
