import { percentDecodeLossless, percentEncode } from '../protocol/encoding.ts'
import type { Place } from '../protocol/parsed-values.ts'
import { type CauseTable, type Deviation, type SignedParameter, type Signing, withValue } from './signing.ts'
import { percentEncodeMark, textEncodings } from './text-encodings.ts'

export type EncodingCode =
  | 'values-not-encoded'
  | 'values-encoded-twice'
  | 'values-decoded-twice'
  | 'names-not-encoded'
  | 'names-not-decoded'
  | 'blank-as-plus'
  | 'plus-sent-raw'
  | 'marks-unescaped'
  | 'unreserved-escaped'
  | 'lower-case-hex'
  | 'utf8-encoded-twice'
  | 'latin1-encoded'
  | 'other-normal-form'
  | 'base-string-parts-unencoded'
  | 'parameters-encoded-twice'
  | 'pairs-joined-unencoded'
  | 'line-break-appended'

export const encodingCauses: CauseTable<EncodingCode> = {
  'values-not-encoded': {
    summary: 'The client did not percent-encode the values before it put them into the base string.',
    fix: 'Percent-encode each name and value, then encode the joined parameters once more as a whole (RFC 5849 §3.4.1.3.2).',
    symptom: 'Fails where a value contains anything but letters, digits, - . _ and ~.',
    clients: { 'mastercard-oauth1-signer (npm)': 'Update; check that oauth_body_hash is encoded.' },
  },
  'values-encoded-twice': {
    summary: 'The client percent-encoded the values once too often.',
    fix: 'Decode values from a query or form before encoding them for the base string.',
    symptom: 'Fails where a value contains anything but letters, digits, - . _ and ~.',
  },
  'values-decoded-twice': {
    summary: 'The client decoded the values once too often before signing them.',
    fix: 'Decode a value once: %2520 stands for the text %20.',
    symptom: 'Fails only where a value contains a percent sign, such as a callback with escapes.',
    clients: {
      'oauthlib (Python)': 'Register callbacks without escapes.',
      'Authlib (Python)': 'Register callbacks without escapes.',
    },
  },
  'names-not-encoded': {
    summary: 'The client did not percent-encode the names of parameters.',
    fix: 'Percent-encode names as well as values (RFC 5849 §3.4.1.3.2).',
    symptom: 'Fails for names with brackets, slashes, spaces or non-ASCII characters.',
    clients: {
      'mrjones/oauth (Go)': 'Use plain names.',
      'twitter-v1-oauth (npm)': 'Use plain names.',
      'ims-lti (npm)': 'Use plain names.',
    },
  },
  'names-not-decoded': {
    summary: 'The client percent-encoded names that were encoded already.',
    fix: 'Decode the names of a query before encoding them for the base string.',
    symptom: 'Fails for names with brackets or other escapes in the address.',
    clients: {
      'oauth-1.0a (npm)': 'Write brackets unescaped in the URL: f[id]=1.',
      'netsuite-rest, nsrestlet (npm)': 'Write brackets unescaped in the URL.',
      'woocommerce (npm)': 'Write brackets unescaped in the URL.',
    },
  },
  'blank-as-plus': {
    summary: 'The client wrote a space as + in the base string.',
    fix: 'Write a space as %20; functions for forms, such as urlencode, quote_plus and URLEncoder, write it as + (RFC 5849 §3.6).',
    symptom: 'Fails where a value contains a space.',
  },
  'plus-sent-raw': {
    summary: 'The client signed a plus and sent it unescaped, which in a query or form is a space.',
    fix: 'Send a plus as %2B.',
    symptom: 'Fails where a value contains a plus.',
    clients: { 'QUrlQuery (Qt)': 'Encode + yourself before adding the item.' },
  },
  'marks-unescaped': {
    summary: "The client did not escape some of the characters ! * ' ( ).",
    fix: "Escape ! * ' ( ) as well; encodeURIComponent leaves them alone (RFC 5849 §3.6).",
    symptom: "Fails where a value contains one of ! * ' ( ).",
  },
  'unreserved-escaped': {
    summary: 'The client escaped a character that must stay as it is: one of - . _ ~, a letter or a digit.',
    fix: 'Leave letters, digits, - . _ and ~ unescaped (RFC 5849 §3.6).',
    symptom: 'Fails where a value contains a tilde or another such character.',
  },
  'lower-case-hex': {
    summary: 'The client wrote escapes in lower case, such as %2f.',
    fix: 'Write the hexadecimal digits of escapes in upper case: %2F (RFC 5849 §3.6).',
    symptom: 'Every request fails; if only values are affected, only requests with reserved characters do.',
    clients: { 'HttpUtility.UrlEncode (.NET)': 'Use Uri.EscapeDataString.' },
  },
  'utf8-encoded-twice': {
    summary: 'The client encoded non-ASCII text as UTF-8 twice.',
    fix: 'Pass decoded text, not UTF-8 octets, to the function that encodes.',
    symptom: 'Fails only for non-ASCII text.',
    clients: { 'LWP::Authen::OAuth (Perl)': 'Pass octets encoded once.' },
  },
  'latin1-encoded': {
    summary: 'The client encoded non-ASCII text as Latin-1 instead of UTF-8.',
    fix: 'Encode text as UTF-8 before escaping it (RFC 5849 §3.6).',
    symptom: 'Fails only for non-ASCII text.',
  },
  'other-normal-form': {
    summary:
      'The client signed non-ASCII text in a different Unicode normalization form from the one that it sent.',
    fix: 'Sign the text as it is sent; normalise before both, or not at all.',
    symptom: 'Fails only for accented and composed characters, typically from file names.',
  },
  'base-string-parts-unencoded': {
    summary: 'The client joined the parts of the base string without percent-encoding them.',
    fix: 'Percent-encode the address and the joined parameters, each as a whole, then join method, address and parameters with & (RFC 5849 §3.4.1.1).',
    symptom: 'Every request fails.',
  },
  'parameters-encoded-twice': {
    summary: 'The client percent-encoded the joined parameters once too often.',
    fix: 'Percent-encode the joined parameters once (RFC 5849 §3.4.1.1).',
    symptom: 'Every request fails.',
  },
  'pairs-joined-unencoded': {
    summary: 'The client encoded each pair and joined the pairs with a bare &.',
    fix: 'Join the pairs first, then percent-encode the whole, so that & and = become %26 and %3D (RFC 5849 §3.4.1.1).',
    symptom: 'Every request fails.',
  },
  'line-break-appended': {
    summary: 'The client signed the base string with a line break at its end.',
    fix: 'In a shell, use printf %s or echo -n.',
    symptom: 'Every request fails. Common in shell scripts.',
  },
}

type Encode = (encoded: string, text: string) => string
type Part = 'name' | 'value'

/** Ways to write names and values, and the parts of the base string; the most common mistakes first. */
export function encodingDeviations(parameters: readonly SignedParameter[]): Deviation[] {
  const hasApplication = parameters.some(({ isProtocol }) => !isProtocol)
  const hasNonAscii = parameters.some(({ encodedValue, encodedName }) =>
    /%[89A-F]/.test(encodedValue + encodedName),
  )
  const applications = ({ isProtocol }: SignedParameter) => !isProtocol
  const deviations: Deviation[] = []
  const add = (code: EncodingCode, ...changes: ((signing: Signing) => Signing)[]): void => {
    for (const change of changes) deviations.push({ code, change })
  }
  const application = (change: (signing: Signing) => Signing) => (hasApplication ? [change] : [])
  if (parameters.some(({ rawValue, place }) => place !== 'header' && rawValue.includes('+')))
    add('plus-sent-raw', (signing) => ({ ...signing, parameters: signing.parameters.map(withRawPlus) }))
  add(
    'values-encoded-twice',
    ...application(eachParameter(['value'], encodeAgain, applications)),
    eachParameter(['value'], encodeAgain),
    eachParameter(['value'], encodeAgain, ({ isProtocol }) => isProtocol),
    (signing) => encodedAsWritten(signing, ['value'], ['query', 'body']),
    (signing) => encodedAsWritten(signing, ['value'], ['query']),
  )
  add(
    'values-not-encoded',
    eachParameter(['value'], plain),
    ...application(eachParameter(['value'], plain, applications)),
    eachParameter(['value'], plain, ({ isProtocol }) => isProtocol),
    eachParameter(['value'], (encoded) => encoded.replace(/(?:%[89A-F][\dA-F])+/g, percentDecodeLossless)),
  )
  if (hasApplication) {
    add(
      'names-not-decoded',
      eachParameter(['name'], encodeAgain),
      (signing) => encodedAsWritten(signing, ['name'], ['query']),
      (signing) => encodedAsWritten(signing, ['name'], ['query', 'body']),
      (signing) => encodedAsWritten(signing, both, ['query']),
      (signing) => encodedAsWritten(signing, both, ['query', 'body']),
    )
    add('names-not-encoded', eachParameter(['name'], plain))
  }
  add('values-decoded-twice', eachParameter(['value'], decodedAgain), eachParameter(both, decodedAgain))
  if (hasNonAscii) {
    add('utf8-encoded-twice', eachParameter(both, utf8Twice))
    add('latin1-encoded', eachParameter(both, latin1))
    for (const form of ['NFC', 'NFD', 'NFKC', 'NFKD'])
      add(
        'other-normal-form',
        eachParameter(both, (_, text) => percentEncode(text.normalize(form))),
      )
  }
  for (const { code, change } of textEncodings)
    add(
      code,
      (signing) => assembledWith(eachPart(signing, both, change), change),
      eachParameter(both, change),
      (signing) => assembledWith(signing, change),
    )
  add(
    'base-string-parts-unencoded',
    (signing) => ({ ...signing, assemble: (verb, uri, text) => `${verb}&${percentEncode(uri)}&${text}` }),
    (signing) => ({ ...signing, assemble: (verb, uri, text) => `${verb}&${uri}&${percentEncode(text)}` }),
    (signing) => ({ ...signing, assemble: (verb, uri, text) => `${verb}&${uri}&${text}` }),
  )
  add(
    'parameters-encoded-twice',
    (signing) => ({
      ...signing,
      assemble: (verb, uri, text) => signing.assemble(verb, uri, percentEncode(text)),
    }),
    (signing) => ({
      ...signing,
      assemble: (verb, uri, text) => percentEncode(signing.assemble(verb, uri, text)),
    }),
  )
  add('pairs-joined-unencoded', (signing) => ({
    ...signing,
    assemble: (verb, uri, text) =>
      `${percentEncode(verb)}&${percentEncode(uri)}&${text.split('&').map(percentEncode).join('&')}`,
  }))
  add('line-break-appended', (signing) => ({
    ...signing,
    assemble: (verb, uri, text) => `${signing.assemble(verb, uri, text)}\n`,
  }))
  return deviations
}

const both = ['name', 'value'] as const

/** Some parameters with each name or value in another encoding. */
function eachParameter(
  parts: readonly Part[],
  encode: Encode,
  isMeant: (parameter: SignedParameter) => boolean = () => true,
): (signing: Signing) => Signing {
  return (signing) => eachPart(signing, parts, encode, isMeant)
}

function eachPart(
  signing: Signing,
  parts: readonly Part[],
  encode: Encode,
  isMeant: (parameter: SignedParameter) => boolean = () => true,
): Signing {
  const ofName = parts.includes('name')
  const ofValue = parts.includes('value')
  const parameters = signing.parameters.map((parameter) => {
    if (!isMeant(parameter)) return parameter
    const { encodedName, encodedValue, name, value } = parameter
    const newName = ofName ? encode(encodedName, name) : encodedName
    const newValue = ofValue ? encode(encodedValue, value) : encodedValue
    return newName === encodedName && newValue === encodedValue
      ? parameter
      : { ...parameter, encodedName: newName, encodedValue: newValue }
  })
  return { ...signing, parameters }
}

/** The text of the query or the form, encoded without having been decoded. */
function encodedAsWritten(signing: Signing, parts: readonly Part[], places: readonly Place[]): Signing {
  const parameters = signing.parameters.map((parameter) =>
    !places.includes(parameter.place)
      ? parameter
      : {
          ...parameter,
          ...(parts.includes('name') && { encodedName: percentEncode(parameter.rawName) }),
          ...(parts.includes('value') && { encodedValue: percentEncode(parameter.rawValue) }),
        },
  )
  return { ...signing, parameters }
}

/** The same mistake, made when the parts are encoded as a whole. */
function assembledWith(signing: Signing, change: (encoded: string) => string): Signing {
  return { ...signing, assemble: (verb, uri, text) => change(signing.assemble(verb, uri, text)) }
}

const plain: Encode = (_, text) => text
const encodeAgain: Encode = (encoded) => percentEncode(encoded)
const decodedAgain: Encode = (_, text) => percentEncode(percentDecodeLossless(text))
const utf8Twice: Encode = (_, text) => percentEncode(Buffer.from(text).toString('latin1'))
const latin1: Encode = (encoded, text) =>
  /[^\0-\xff]/.test(text)
    ? encoded
    : Array.from(text, (character) =>
        character > '\x7f' ? percentEncodeMark(character) : percentEncode(character),
      ).join('')

/** A plus in a query or form is a space; the client meant the plus itself. */
function withRawPlus(parameter: SignedParameter): SignedParameter {
  if (parameter.place === 'header' || !parameter.rawValue.includes('+')) return parameter
  return withValue(parameter, percentDecodeLossless(parameter.rawValue))
}
