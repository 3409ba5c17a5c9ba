import type { Call, Mistake, Steps } from '../mistaken-client.ts'
import { read, split } from '../mistaken-client.ts'

const everywhere = (
  code: Mistake['code'],
  what: string,
  change: (text: string, encode: Steps['encode']) => string,
): Mistake => ({
  code,
  what,
  change: (_, { encode }) => ({ encode: (text) => change(text, encode) }),
})

/** In names and values alone: the parts of the base string and the key are encoded by other code. */
const inPairs = (
  code: Mistake['code'],
  what: string,
  change: (text: string, encode: Steps['encode']) => string,
): Mistake => ({
  code,
  what,
  change: (_, { name, value }) => ({
    name: (text) => change(text, name),
    value: (text) => change(text, value),
  }),
})

const twice = (decode: (text: string) => string) => (text: string) => {
  try {
    return decode(text)
  } catch {
    return text
  }
}
const lower = (text: string) => text.replace(/%[\dA-F]{2}/g, (hex) => hex.toLowerCase())

const escapeOf = (c: string) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`

export const encodingMistakes: readonly Mistake[] = [
  { code: 'values-not-encoded', what: 'joins raw values', change: () => ({ value: (text) => text }) },
  {
    code: 'values-encoded-twice',
    what: 'does not decode the values of query and form',
    change: () => ({
      readQuery: (text) => split(text).map(([name, value]) => [read(name)[0]?.[0] ?? '', value]),
      readForm: (text) => split(text).map(([name, value]) => [read(name)[0]?.[0] ?? '', value]),
    }),
  },
  {
    code: 'values-encoded-twice',
    what: 'encodes all values twice',
    change: (own, { value }) => ({ value: (text) => value(own.encode(text)) }),
  },
  {
    code: 'values-decoded-twice',
    what: 'decodes values that are decoded',
    change: (_, { gather }) => ({
      gather: (gathered) => gather(gathered).map(([name, value]) => [name, twice(decodeURIComponent)(value)]),
    }),
  },
  { code: 'names-not-encoded', what: 'joins raw names', change: () => ({ name: (text) => text }) },
  {
    code: 'names-not-decoded',
    what: 'does not decode the names of the query',
    change: () => ({
      readQuery: (text) => split(text).map(([name, value]) => [name, read(`a=${value}`)[0]?.[1] ?? '']),
    }),
  },
  everywhere('blank-as-plus', 'encodes all as for a form', (text, encode) =>
    encode(text).replaceAll('%20', '+'),
  ),
  inPairs('blank-as-plus', 'encodes pairs as for a form', (text, encode) =>
    encode(text).replaceAll('%20', '+'),
  ),
  ...[
    { what: 'encodes pairs by urlencode of old', raw: /(?!)/g },
    { what: 'encodes pairs by URLSearchParams or URLEncoder', raw: /%2A/g },
  ].map(({ what, raw }) => ({
    ...inPairs('blank-as-plus', what, (text, encode) =>
      encode(text).replaceAll('%20', '+').replaceAll('~', '%7E').replace(raw, '*'),
    ),
    where: ({ url, form = '', oauth = [] }: Call) => /\+|%20/.test(url + form) || / /.test(String(oauth)),
  })),
  {
    code: 'plus-sent-raw',
    what: 'sends a plus unescaped',
    change: () => ({
      send: (call) => ({
        ...call,
        url: call.url.replaceAll('%2B', '+'),
        ...(call.form === undefined ? {} : { form: call.form.replaceAll('%2B', '+') }),
      }),
    }),
  },
  everywhere('marks-unescaped', 'encodes all by encodeURIComponent', encodeURIComponent),
  inPairs('marks-unescaped', 'encodes pairs by encodeURIComponent', encodeURIComponent),
  everywhere('marks-unescaped', 'leaves * alone as URLEncoder does', (text, encode) =>
    encode(text).replaceAll('%2A', '*'),
  ),
  everywhere('marks-unescaped', "leaves ' ( ) alone", (text, encode) =>
    encode(text).replace(/%2[789]/g, decodeURIComponent),
  ),
  everywhere('unreserved-escaped', 'escapes ~', (text, encode) => encode(text).replaceAll('~', '%7E')),
  everywhere('unreserved-escaped', 'escapes all but letters and digits', (text, encode) =>
    encode(text).replace(/[-._~]/g, escapeOf),
  ),
  inPairs('unreserved-escaped', 'escapes all but letters and digits of pairs', (text, encode) =>
    encode(text).replace(/[-._~]/g, escapeOf),
  ),
  everywhere('lower-case-hex', 'writes all escapes in small letters', (text, encode) => lower(encode(text))),
  inPairs('lower-case-hex', 'writes the escapes of pairs in small letters', (text, encode) =>
    lower(encode(text)),
  ),
  everywhere('utf8-encoded-twice', 'encodes octets of UTF-8 as if they were characters', (text, encode) =>
    encode(Buffer.from(text).toString('latin1')),
  ),
  everywhere('latin1-encoded', 'encodes text as Latin-1', (text, encode) =>
    Array.from(text, (c) => (/[\x80-\xff]/.test(c) ? escapeOf(c) : encode(c))).join(''),
  ),
  everywhere('other-normal-form', 'signs text in NFD', (text, encode) => encode(text.normalize('NFD'))),
  everywhere('other-normal-form', 'signs text in NFC', (text, encode) => encode(text.normalize('NFC'))),
  {
    code: 'base-string-parts-unencoded',
    what: 'joins the parts of the base string raw',
    change: () => ({ text: (...parts) => parts.join('&') }),
  },
  {
    code: 'base-string-parts-unencoded',
    what: 'encodes the address alone',
    change: (own) => ({
      text: (method, address, joined) => [method, own.encode(address), joined].join('&'),
    }),
  },
  {
    code: 'parameters-encoded-twice',
    what: 'encodes the joined parameters twice',
    change: (own, { text }) => ({
      text: (method, address, joined) => text(method, address, own.encode(joined)),
    }),
  },
  {
    code: 'pairs-joined-unencoded',
    what: 'encodes each pair and joins them by &',
    change: (own) => ({
      text: (method, address, joined) =>
        [method, own.encode(address), ...joined.split('&').map(own.encode)].join('&'),
    }),
  },
  {
    code: 'line-break-appended',
    what: 'pipes the base string through echo',
    change: (_, { text }) => ({ text: (...parts) => `${text(...parts)}\n` }),
  },
]
