/** The usual form of a public origin, or the sign at fault in it. */
export function publicOrigin(given: string): {
  readonly origin?: string | undefined
  readonly fault?: string | undefined
} {
  const text = given.trim()
  const [, scheme, authority = '', path = ''] = /^(https?):\/\/([^/?#\\]*)(.*)$/is.exec(text) ?? []
  if (scheme === undefined) return { fault: 'there is no https:// or http:// at the beginning' }
  const user = authority.lastIndexOf('@')
  if (user >= 0) return { fault: 'there is user information before the "@"' }
  if (authority === '') return { fault: 'there is no host' }
  const sign = /[^\p{L}\p{M}\p{N}._:[\]-]/u.exec(authority)?.[0]
  if (sign !== undefined) return { fault: `the host holds ${JSON.stringify(sign)}` }
  // A slash alone is what a browser shows at the end of it.
  if (!/^\/?$/.test(path)) return { fault: `${JSON.stringify(path)} follows the host` }
  if (!URL.canParse(text))
    return { fault: `${JSON.stringify(authority)} is not a host, with or without a port` }
  return { origin: new URL(text).origin }
}
