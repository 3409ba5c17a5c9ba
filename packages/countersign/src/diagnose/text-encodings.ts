import type { EncodingCode } from './encoding.ts'

const blankAsPlus = (encoded: string) => encoded.replaceAll('%20', '+')
const escapeTilde = (encoded: string) => encoded.replaceAll('~', '%7E')
/** PHP's urlencode before 5.3, and Python's quote_plus before 3.7. */
const asOldForm = (encoded: string) => escapeTilde(blankAsPlus(encoded))
/** The form encoding of HTML, as Java's URLEncoder and JavaScript's URLSearchParams write it. */
const asForm = (encoded: string) => asOldForm(encoded).replaceAll('%2A', '*')

/** Other encodings of correctly encoded text. Clients use them for the parameters, for the whole, and in the key. */
export const textEncodings: readonly {
  readonly code: EncodingCode
  change(encoded: string): string
}[] = [
  { code: 'marks-unescaped', change: (encoded) => encoded.replace(/%2[1789A]/g, decodeURIComponent) },
  ...['!', '*', "'", '()', "'()", "!'()"].map((marks) => ({
    code: 'marks-unescaped' as const,
    change: unescapeSome(marks),
  })),
  { code: 'unreserved-escaped', change: escapeTilde },
  { code: 'blank-as-plus', change: blankAsPlus },
  { code: 'blank-as-plus', change: asForm },
  { code: 'blank-as-plus', change: asOldForm },
  {
    code: 'blank-as-plus',
    change: (encoded) => blankAsPlus(encoded).replace(/%2[1789A]/g, decodeURIComponent),
  },
  {
    code: 'lower-case-hex',
    change: (encoded) => encoded.replace(/%[\dA-F]{2}/g, (octet) => octet.toLowerCase()),
  },
  { code: 'unreserved-escaped', change: (encoded) => encoded.replace(/[-._~]/g, percentEncodeMark) },
]

function unescapeSome(marks: string): (encoded: string) => string {
  const escapes = Array.from(marks, percentEncodeMark)
  return (encoded) =>
    escapes.reduce((text, octet) => text.replaceAll(octet, decodeURIComponent(octet)), encoded)
}

/** A character that `encodeURIComponent` leaves alone. */
export function percentEncodeMark(mark: string): string {
  return `%${mark.charCodeAt(0).toString(16).toUpperCase()}`
}
