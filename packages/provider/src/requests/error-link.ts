/**
 * Where a code is explained, as a member of a refusal's body; nothing without such a page.
 *
 * @example
 * ```ts
 * errorLink('https://example.com/errors', 'not_found') // { error_uri: 'https://example.com/errors#not_found' }
 * ```
 */
export function errorLink(page: string | false | undefined, code: string): { readonly error_uri?: string } {
  return page ? { error_uri: `${page}#${code}` } : {}
}
