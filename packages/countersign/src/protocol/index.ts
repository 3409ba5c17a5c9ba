/**
 * The primitives of RFC 5849, for clients, proxies and tools: encoding, parameters, URLs, the base string, the
 * `Authorization` header and the signature methods. They are pure functions: no clock, no I/O, no state between calls.
 *
 * @example
 * ```ts
 * import { formatAuthorizationHeader, parseForm, signatureBaseString, splitUrl } from 'countersign/protocol'
 *
 * const { baseUri, query } = splitUrl('https://api.example.com/photos?size=large')
 * const parameters = [{ name: 'oauth_consumer_key', value: 'printer' }, ...parseForm(query)]
 * signatureBaseString('GET', baseUri, parameters) // 'GET&https%3A%2F%2Fapi.example.com%2Fphotos&oauth_consumer_key%3D…'
 * ```
 *
 * @module
 */
export {
  type AuthorizationHeader,
  formatAuthorizationHeader,
  parseAuthorizationHeader,
} from './authorization-header.ts'
export { signatureBaseString, splitUrl, type UrlParts } from './base-string.ts'
export type { Departure, Tolerance } from './departures.ts'
export { formOfOctets, percentDecode, percentEncode, textFromOctets } from './encoding.ts'
export type { HttpRequest, HttpResponse } from './http.ts'
export { defaultLimits, type Limits } from './limits.ts'
export { normalizeParameters, type Parameter, parseForm } from './parameters.ts'
export { problemReport } from './problem-report.ts'
export { OAuth1Request, type Place } from './request.ts'
export { sharedKey } from './shared-key.ts'
export {
  type AsymmetricInput,
  type AsymmetricMethod,
  asymmetric,
  builtInSignatureMethods,
  type SignatureMethod,
  type SignatureMethodOptions,
  type SymmetricInput,
  type SymmetricMethod,
  symmetric,
} from './signature-methods.ts'
