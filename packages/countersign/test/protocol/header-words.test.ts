import { OAuth1Error } from 'countersign'
import { describe, expect, it } from 'vitest'
import { checkBareValue, checkOtherScheme, malformedHeader } from '../../src/protocol/header-faults.ts'

const folded = 'is folded over several lines; send it in one'
const otherQuotes = 'has values in quotes other than the straight double ones; write oauth_nonce="…"'
const twoSchemes = 'holds more than one scheme; send the OAuth one alone'
const noCommas = 'has pairs that are not separated by commas; write a comma between them'
const lacksComma = 'lacks a comma between two pairs'
const json = 'is written as JSON; write pairs such as oauth_nonce="…", separated by commas'
const open = 'has a quoted value that does not end'
const bareWord = 'holds a bare word instead of pairs such as oauth_nonce="…", separated by commas'
const noList = 'is not a list of name="value" pairs, separated by commas (RFC 5849 §3.5.1)'
const noScheme = 'names OAuth parameters, but does not begin with the word OAuth and a space'

function told(words: string): OAuth1Error {
  return new OAuth1Error('invalid_request', `The Authorization header ${words}.`)
}

const name40 = `oauth_${'x'.repeat(40)}`
const name41 = `oauth_${'x'.repeat(41)}`

describe('of what may be wrong with a header the first that fits is told', () => {
  it.each<[words: string, credentials: string]>([
    [folded, 'a="1",\r b="2"'],
    [folded, "a='1',\n b='2'"],
    [otherQuotes, 'a=\u20181\u2018'],
    [otherQuotes, 'a:\u201f1\u201f'],
    [otherQuotes, 'a=\u00e2\u0080\u00981'],
    [otherQuotes, 'a=\u00e2\u0080\u009f1'],
    [otherQuotes, 'a= &quot;1&quot;'],
    [otherQuotes, 'a = \t&QUOT;1'],
    [otherQuotes, 'a:&#34;1'],
    [otherQuotes, 'a=%221%22'],
    [otherQuotes, 'a=\\"1\\"'],
    [otherQuotes, "a='1', Basic b"],
    [otherQuotes, 'a=`1`'],
    [noList, 'a=\u2017'],
    [noList, 'a=\u2020'],
    [noList, 'a=\u00e2\u0080\u0097'],
    [noList, 'a=\u00e2\u0080\u00a0'],
    [noList, "a=1'"],
    [twoSchemes, 'Basic a'],
    [twoSchemes, '  bearer a'],
    [twoSchemes, '"Digest\t a="1"'],
    [twoSchemes, 'a="1",OAUTH b="2"'],
    [twoSchemes, 'a="1",  negotiate  b; oauth_a=1'],
    [twoSchemes, 'a="1" Basic b'],
    [noList, 'a=1 Basic b'],
    [noList, 'a="1",Basic'],
    [noList, 'a="1", Basic '],
    [noCommas, 'a=1;oauth_b=2'],
    [noCommas, 'a=1& oauth_b =2'],
    [noCommas, 'a="1"; OAUTH_b="2" oauth_c="3"'],
    [noCommas, `a=1;${name40}=2`],
    [noList, `a=1;${name41}=2`],
    [noList, 'a=1;oauth_=2'],
    [noList, 'a=1;oauth_b'],
    [lacksComma, 'a="1" oauth_b="2"'],
    [lacksComma, 'a=1  oauth_b =2'],
    [lacksComma, 'a=% Oauth_b=2'],
    [lacksComma, `a=1 ${name40}=2`],
    [noList, `a=1 ${name41}=2`],
    [noList, 'a=1 oauth_=2'],
    [noList, 'a=1, oauth_b=2'],
    [json, '{"a": 1}'],
    [json, ' {a=1}'],
    [json, '"a":"1"'],
    [json, '"a" : "1"'],
    [noList, 'a{"b": 1}'],
    [noList, '"a";"1"'],
    [open, 'a="1'],
    [open, 'a="1", b="'],
    [noList, 'a="1"b="2"'],
    [bareWord, 'word'],
    [bareWord, ' word\t'],
    [bareWord, "it's"],
    [noList, 'two words'],
    ...[...'=",;&'].map((sign): [string, string] => [noList, `a${sign}`]),
    [noList, ''],
  ])('%s: %j', (words, credentials) => {
    expect(malformedHeader(credentials)).toEqual(told(words))
  })
})

describe('a value without quotes that is hardly meant so is refused', () => {
  it.each<[words: string, value: string]>([
    [otherQuotes, '\u2018a\u2019'],
    [otherQuotes, '\u201fa'],
    [otherQuotes, "'a'"],
    [otherQuotes, '`a`'],
    [otherQuotes, '\u00e2\u0080\u009ca'],
    [otherQuotes, '&quot;a'],
    [otherQuotes, '&QUOT;a'],
    [otherQuotes, '&#34;a'],
    [otherQuotes, '%22a'],
    [otherQuotes, '\\"a'],
    [folded, 'a\rb'],
    [folded, 'a\n'],
    [noCommas, 'a;oauth_b=c'],
    [noCommas, 'a&OAUTH_b =c'],
    [noCommas, `a;${name40}=c`],
    [lacksComma, 'a oauth_b=c'],
  ])('%s: %j', (words, value) => {
    expect(() => checkBareValue(value)).toThrow(told(words))
  })

  it.each([
    '',
    'word',
    "it's",
    "a:'b'",
    'a`',
    '%20a',
    '&amp;a',
    '\u2017a',
    '\u2020a',
    '\u00e2\u0081a',
    'a%22',
    'a\\"',
    'a;b=c',
    'a oauth_b',
    `a;${name41}=c`,
    'oauth_a=b',
    '\u00e2\u0080\u0097a',
  ])('but not %j', (value) => {
    expect(() => checkBareValue(value)).not.toThrow()
  })
})

describe('a header of another scheme that names parameters of ours is refused', () => {
  it.each<[words: string, text: string]>([
    [twoSchemes, 'Basic abc, OAuth oauth_nonce="a"'],
    [twoSchemes, ' \tBEARER\toauth_token="a"'],
    [twoSchemes, 'Digest oauth_signature=a'],
    [twoSchemes, 'negotiate oauth_timestamp = 1'],
    [noScheme, 'oauth_consumer_key="a"'],
    [noScheme, 'OAuth:oauth_consumer_key="a"'],
    [noScheme, 'OAuth,oauth_token="a"'],
    [noScheme, '"OAUTH_NONCE": "a"'],
    [noScheme, 'OAuth1 oauth_nonce:a'],
    [noScheme, 'a Basic oauth_nonce=a'],
    [noScheme, 'Basic,oauth_nonce=a'],
  ])('%s: %j', (words, text) => {
    expect(() => checkOtherScheme(text)).toThrow(told(words))
  })

  it.each([
    'Bearer abc',
    'Digest uri="/x?oauth_token=a"',
    'Bearer xoauth_token=a',
    'Bearer oauth_token',
    'Bearer oauth_token x=a',
    'Bearer oauth_other="a"',
    'Bearer oauth_tokens="a"',
  ])('but not %j', (text) => {
    expect(() => checkOtherScheme(text)).not.toThrow()
  })
})
