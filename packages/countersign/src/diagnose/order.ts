import { byEncoding, type CauseTable, compareTexts, type Deviation, type SignedParameter } from './signing.ts'

export type OrderCode =
  | 'sorted-before-encoding'
  | 'sorted-as-joined-pairs'
  | 'sorted-by-locale'
  | 'repeats-unsorted'
  | 'unsorted'

export const orderCauses: CauseTable<OrderCode> = {
  'sorted-before-encoding': {
    summary: 'The client sorted the parameters before it percent-encoded them.',
    fix: 'Percent-encode names and values first, then sort by the encoded text (RFC 5849 §3.4.1.3.2).',
    symptom:
      'Fails only where names are alike up to a character that is escaped: a.b and a/b, a[1] and a1, or non-ASCII names.',
    clients: {
      'oauth gem 0.5 (Ruby)': 'Update to 1.x.',
      'oauth extension (PHP)': 'Choose names without reserved characters.',
      'QOAuth1 (Qt)': 'Choose names without reserved characters.',
      'httr (R)': 'Choose names without reserved characters.',
    },
  },
  'sorted-as-joined-pairs': {
    summary: 'The client sorted the joined name=value pairs instead of sorting by name and then by value.',
    fix: 'Compare the encoded names first, and the values only where the names are equal (RFC 5849 §3.4.1.3.2).',
    symptom: 'Fails where one name begins with another: a and a-b, id and id2.',
    clients: {
      'Net::OAuth (Perl)': 'Avoid names that begin with another name.',
      'Signet (Ruby)': 'Avoid names that begin with another name.',
    },
  },
  'sorted-by-locale': {
    summary: 'The client sorted the parameters by the rules of a locale, or ignoring case.',
    fix: 'Sort by the bytes of the encoded text, upper case before lower case; in JavaScript with <, not with localeCompare.',
    symptom: 'Fails where names differ in case, as in LTI: A a B b.',
    clients: {
      'twitter-v1-oauth (npm)': 'Use names in lower case.',
      'httr (R)': 'Use names in lower case.',
    },
  },
  'repeats-unsorted': {
    summary: 'The client did not sort the values of a repeated parameter.',
    fix: 'Among equal names, sort by the encoded value (RFC 5849 §3.4.1.3.2).',
    symptom: 'Fails where a name occurs more than once and its values are not in order.',
    clients: {
      'httr (R)': 'Send the values in order.',
      'tcllib oauth (Tcl)': 'Send numbers of equal length.',
    },
  },
  unsorted: {
    summary: 'The client did not sort the parameters.',
    fix: 'Sort all parameters together, from the query, the form and the oauth_ parameters, by name and then by value (RFC 5849 §3.4.1.3.2).',
    symptom: 'Fails for most requests with parameters of their own.',
  },
}

type Compare = ((a: SignedParameter, b: SignedParameter) => number) | undefined

export function orderDeviations(parameters: readonly SignedParameter[]): Deviation[] {
  const sorted = (code: OrderCode, compare: Compare): Deviation => ({
    code,
    change: (signing) => ({ ...signing, compare }),
  })
  return [
    sorted(
      'sorted-before-encoding',
      (a, b) => compareTexts(a.name, b.name) || compareTexts(a.value, b.value),
    ),
    sorted(
      'sorted-before-encoding',
      (a, b) => compareTexts(a.rawName, b.rawName) || compareTexts(a.rawValue, b.rawValue),
    ),
    sorted('sorted-as-joined-pairs', (a, b) =>
      compareTexts(`${a.encodedName}=${a.encodedValue}`, `${b.encodedName}=${b.encodedValue}`),
    ),
    sorted('sorted-as-joined-pairs', (a, b) => compareTexts(`${a.name}=${a.value}`, `${b.name}=${b.value}`)),
    sorted('repeats-unsorted', (a, b) => compareTexts(a.encodedName, b.encodedName)),
    sorted(
      'repeats-unsorted',
      (a, b) => compareTexts(a.encodedName, b.encodedName) || compareNumbers(a.encodedValue, b.encodedValue),
    ),
    sorted(
      'sorted-by-locale',
      (a, b) =>
        collator.compare(a.encodedName, b.encodedName) || collator.compare(a.encodedValue, b.encodedValue),
    ),
    sorted(
      'sorted-by-locale',
      (a, b) => collator.compare(a.name, b.name) || collator.compare(a.value, b.value),
    ),
    sorted(
      'sorted-by-locale',
      (a, b) => compareTexts(a.encodedName.toLowerCase(), b.encodedName.toLowerCase()) || byEncoding(a, b),
    ),
    sorted('unsorted', undefined),
    // The application's parameters and the protocol's each in order, one list after the other.
    sorted('unsorted', (a, b) => Number(b.isProtocol) - Number(a.isProtocol) || byEncoding(a, b)),
    sorted('unsorted', (a, b) => Number(a.isProtocol) - Number(b.isProtocol) || byEncoding(a, b)),
    sorted('unsorted', (a, b) => Number(a.isProtocol) - Number(b.isProtocol)),
    sorted(
      'unsorted',
      (a, b) => Number(b.isProtocol) - Number(a.isProtocol) || (a.isProtocol ? byEncoding(a, b) : 0),
    ),
    sorted('unsorted', (a, b) => byEncoding(b, a)),
    ...(parameters.some(({ place }) => place === 'query') && parameters.some(({ place }) => place === 'body')
      ? [sorted('unsorted', (a, b) => compareTexts(a.place, b.place) || byEncoding(a, b))]
      : []),
  ]
}

const collator = new Intl.Collator('en')

function compareNumbers(a: string, b: string): number {
  const [first, second] = [Number(a), Number(b)]
  return Number.isNaN(first) || Number.isNaN(second) ? compareTexts(a, b) : first - second
}
