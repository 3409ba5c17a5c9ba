import type { RequestReading } from './request-reading.ts'
import type { SignedAddress } from './signing.ts'

interface OtherAddress {
  readonly code: 'wrong-host' | 'wrong-port' | 'wrong-path-prefix' | 'redirect-followed'
  readonly other: Partial<SignedAddress>
  readonly detail: string
}

/** Hosts, ports and paths named in headers: those that a proxy changed, or the client saw. */
export function otherAddressesOf(request: RequestReading, others: readonly SignedAddress[]): OtherAddress[] {
  const { host, port, path, scheme } = request.right.address
  const found: OtherAddress[] = []
  for (const name of ['host', 'x-forwarded-host', 'x-original-host', 'x-host', 'x-forwarded-server']) {
    const [, otherHost, otherPort = ''] =
      /^([\w.-]{1,253}|\[[\da-f:.]{2,45}\])(?::(\d{1,5}))?$/i.exec(firstOf(request.header(name))) ?? []
    if (otherHost === undefined) continue
    const lower = otherHost.toLowerCase()
    const written = otherPort === (scheme === 'https' ? '443' : '80') ? '' : otherPort
    if (lower !== host) {
      found.push({ code: 'wrong-host', other: { host: lower, port: written }, detail: otherHost })
      if (written !== port) found.push({ code: 'wrong-host', other: { host: lower }, detail: otherHost })
    } else if (written !== port && written !== '')
      found.push({ code: 'wrong-port', other: { port: written }, detail: written })
  }
  const forwardedPort = /^\d{1,5}$/.exec(firstOf(request.header('x-forwarded-port')))?.[0]
  if (forwardedPort && forwardedPort !== port)
    found.push({ code: 'wrong-port', other: { port: forwardedPort }, detail: forwardedPort })
  for (const name of ['x-original-uri', 'x-original-url', 'x-rewrite-url', 'x-forwarded-uri']) {
    const other = /^(?:https?:\/\/[^/]*)?(\/[^?#]{0,2000})/.exec(request.header(name) ?? '')?.[1]
    if (other !== undefined && other !== path)
      found.push({ code: 'wrong-path-prefix', other: { path: other }, detail: name })
  }
  for (const name of ['x-forwarded-prefix', 'x-script-name']) {
    const prefix = /^\/?[^?#]{1,200}$/.exec(firstOf(request.header(name)))?.[0].replace(/\/+$/, '')
    if (prefix)
      found.push({
        code: 'wrong-path-prefix',
        other: { path: `${prefix.startsWith('/') ? '' : '/'}${prefix}${path}` },
        detail: prefix,
      })
  }
  if (/^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(host)) {
    for (const local of ['localhost', '127.0.0.1', '[::1]'])
      if (local !== host) found.push({ code: 'wrong-host', other: { host: local }, detail: local })
  }
  for (const { suffix: _, ...other } of others)
    found.push({ code: 'redirect-followed', other, detail: other.host })
  return found
}

/** The first of a list, as proxies append. */
function firstOf(header: string | undefined): string {
  return header?.split(',', 1)[0]?.trim() ?? ''
}
