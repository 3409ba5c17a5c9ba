import { ConfigurationError } from '../errors.ts'

/** A public origin in its usual form, parsed for the choice among several. */
interface Origin {
  /** Scheme, host, and path prefix if any, without a trailing slash. */
  readonly text: string
  /** Host and port, without the scheme's own port. */
  readonly authority: string
  readonly host: string
}

/**
 * A function that replaces the origin that the framework saw by the public one; of several, by the one whose host the
 * request names, else the first. It never returns any other origin, whatever a request claims.
 *
 * @throws ConfigurationError that names the offending character, unless each is a scheme, a host and perhaps a path.
 */
export function publicUrls(given: string | readonly string[]): (url: string) => string {
  const origins = originList(given).map(parseOrigin)
  const [first] = origins
  if (first === undefined) throw new ConfigurationError('origin must name at least one origin.')
  return (url) => {
    const [seen = '', authority = ''] = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(url) ?? []
    const origin = origins.length === 1 ? first : (chosen(origins, authority.toLowerCase()) ?? first)
    return origin.text + url.slice(seen.length)
  }
}

/** A list as it is, or the comma-separated parts of a string, as in an environment variable. */
export function originList(given: string | readonly string[]): readonly string[] {
  return typeof given === 'string' ? given.split(/\s*,\s*(?=https?:)/i) : given
}

function chosen(origins: readonly Origin[], authority: string): Origin | undefined {
  const host = authority.replace(/:\d*$/, '')
  return (
    origins.find((origin) => authority === origin.authority) ?? origins.find((origin) => host === origin.host)
  )
}

function parseOrigin(given: string): Origin {
  const text = given.trim()
  const match =
    /^(https?):\/\/([^/\\?#]*)(.*)$/is.exec(text) ?? fail(text, 'it does not begin with https:// or http://')
  const [scheme, authority, path] = match.slice(1) as [string, string, string]
  const port = /:(\d{0,5})$/.exec(authority)?.[1]
  if (Number(port) > 65_535) fail(text, `there is no port ${port}`)
  const host = hostName(text, port === undefined ? authority : authority.slice(0, -port.length - 1))
  const defaultPort = scheme.toLowerCase() === 'https' ? 443 : 80
  const usualAuthority = !port || Number(port) === defaultPort ? host : `${host}:${Number(port)}`
  if (!URL.canParse(`https://${usualAuthority}`)) fail(text, `${host} is no IP address`)
  return {
    text: `${scheme.toLowerCase()}://${usualAuthority}${usualPath(text, path)}`,
    authority: usualAuthority,
    host,
  }
}

/** In lower case, and an international name in its ASCII form (RFC 5891), which clients sign. */
function hostName(text: string, given: string): string {
  const host = given.toLowerCase()
  if (host.includes('@')) fail(text, 'it holds user information before "@"')
  if (/^(?:[a-z0-9._-]*[a-z0-9][a-z0-9._-]*|\[[0-9a-f:.]+\])$/.test(host)) return host
  const sign = /[^a-z0-9._\-\u0080-\uffff]/.exec(host)?.[0]
  if (sign !== undefined) fail(text, `a host holds no ${JSON.stringify(sign)}`)
  const ascii = URL.canParse(`https://${host}`) ? new URL(`https://${host}`).hostname : ''
  return /^[a-z0-9._-]*[a-z0-9][a-z0-9._-]*$/.test(ascii)
    ? ascii
    : fail(text, 'its host is no name that the DNS could hold')
}

function usualPath(text: string, path: string): string {
  const sign = /[?#\\\s"<>\ud800-\udfff]/u.exec(path)?.[0]
  if (sign !== undefined) fail(text, `a path prefix holds no ${JSON.stringify(sign)}`)
  return encodeURI(path).replaceAll('%25', '%').replace(/\/+$/, '')
}

function fail(origin: string, why: string): never {
  throw new ConfigurationError(
    `origin must be a scheme and a host, such as https://api.example.com, or a list of such; it is ${JSON.stringify(origin.slice(0, 200))}: ${why}.`,
  )
}
