import fc from 'fast-check'
import type { WireRequest } from './base-string.ts'

/** A made-up request: the signed parts, and how it is sent. */
export interface Draft extends WireRequest {
  /** Whether all of it is as RFC 3986 and the form encoding have it, so that it must pass. */
  readonly isProper: boolean
  readonly headers: readonly string[]
  readonly isChunked: boolean
}

/** One change of one part of a request. */
export interface Alteration {
  readonly part: 'method' | 'target' | 'contentType' | 'body'
  readonly method: string
  readonly contentType: string
  /** Where, as a fraction of the length. */
  readonly at: number
  readonly kind: 'insert' | 'remove' | 'replace'
  readonly octet: string
}

const escapes = [
  '%C3%BC',
  '%c3%bc',
  '%E6%97%A5',
  '%20',
  '%7E',
  '%7e',
  '%21',
  '%27',
  '%2A',
  '%3D',
  '%2B',
  '%26',
]
const letters = [...'abzAZ019-._~']
const oddities = [
  ...[
    '%',
    '%z1',
    '%ff',
    '%C3',
    '%00',
    '%0a',
    '\xc3\xbc',
    '\xff',
    '"',
    '<',
    '^',
    '`',
    '{',
    '|',
    '\\',
    '[',
    '#',
  ],
  ...['%2e%2e', '%2F', '//', '/../', '/./', ';', '&&', '=', '?', 'oauth_nonce=1', '&oauth_token=a'],
]
const formType = 'application/x-www-form-urlencoded'
const formTypes = [formType, `${formType}; charset=utf-8`, 'Application/X-WWW-Form-Urlencoded']
const otherTypes = ['application/json', 'text/plain', 'application/x-www-form', 'multipart/form-data']
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

const textOf = (pieces: readonly string[], length: object) =>
  fc.array(fc.constantFrom(...pieces), length).map((list) => list.join(''))

const segment = fc
  .tuple(
    fc.constantFrom(...'abz09~-_'),
    textOf([...letters, ...escapes, ..."!$&'()*+,=:@"], { maxLength: 6 }),
  )
  .map((texts) => texts.join(''))
const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => `/${segments.join('/')}`)
const fieldText = textOf([...letters, ...escapes, ..."+!*'(),:;@/$"], { maxLength: 6 })
const fieldName = fc.tuple(fc.constantFrom(...'abcq'), fieldText).map((texts) => texts.join(''))
const field = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(fieldName, fieldText).map((pair) => pair.join('=')) },
  { weight: 1, arbitrary: fieldName },
)
const fields = fc.array(field, { minLength: 1, maxLength: 5 }).map((list) => list.join('&'))
const query = fc.option(
  fields.map((text) => `?${text}`),
  { nil: '' },
)
const headers = fc.array(
  fc.constantFrom(
    ...[
      'X-Photo: 1',
      'Accept: */*',
      'Cookie: a=b',
      'X-Oauth-User: 7',
      'X_Oauth_User: 7',
      'X-HTTP-Method: PUT',
    ],
    ...['Accept-Language: de', 'X-Original-URL: /other', 'Range: bytes=0-1', 'If-None-Match: "a"'],
  ),
  { maxLength: 3 },
)

const content = fc.oneof(
  fc.constant({ contentType: undefined, body: '' }),
  fc.record({ contentType: fc.constantFrom(...formTypes), body: fields }),
  fc.record({
    contentType: fc.constantFrom(...otherTypes),
    body: fc
      .uint8Array({ minLength: 1, maxLength: 40 })
      .map((octets) => Buffer.from(octets).toString('latin1')),
  }),
)

const proper: fc.Arbitrary<Draft> = fc
  .tuple(fc.constantFrom(...methods), path, query, content, headers, fc.boolean())
  .map(([method, path, query, content, headers, isChunked]) => ({
    ...{ method, target: path + query, ...content, headers, isChunked },
    isProper: true,
  }))

/** With something in the target or in the form that readers may take in different ways. */
const odd: fc.Arbitrary<Draft> = fc
  .tuple(proper, fc.constantFrom(...oddities), fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean())
  .map(([draft, oddity, at, isInBody]) => {
    const isForm = draft.contentType !== undefined && formTypes.includes(draft.contentType)
    const changed =
      isInBody && isForm
        ? { body: inserted(draft.body, oddity, at) }
        : { target: `/${inserted(draft.target.slice(1), oddity, at)}` }
    return { ...draft, ...changed, isProper: false }
  })

export const drafts = fc.oneof({ weight: 2, arbitrary: proper }, { weight: 1, arbitrary: odd })

export const alterations: fc.Arbitrary<Alteration> = fc.record({
  part: fc.constantFrom('method', 'target', 'target', 'contentType', 'body', 'body'),
  method: fc.constantFrom(...methods),
  contentType: fc.constantFrom(...formTypes, ...otherTypes),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  kind: fc.constantFrom('insert', 'remove', 'replace'),
  octet: fc.constantFrom(...'abz019%&=+?/;.~!\x80\xff'),
})

export function altered<R extends WireRequest>(
  request: R,
  { part, at, kind, octet, ...other }: Alteration,
): R {
  if (part === 'method') return { ...request, method: other.method }
  if (part === 'contentType') return { ...request, contentType: other.contentType }
  const text = request[part]
  // The slash at the beginning of a target stays: without it there is no request.
  const start = Math.max(part === 'target' ? 1 : 0, Math.floor(at * text.length))
  const end = kind === 'insert' ? start : start + 1
  return { ...request, [part]: text.slice(0, start) + (kind === 'remove' ? '' : octet) + text.slice(end) }
}

function inserted(text: string, piece: string, at: number): string {
  const start = Math.floor(at * text.length)
  return text.slice(0, start) + piece + text.slice(start)
}
