import { percentDecodeLossless, percentEncode } from '../protocol/encoding.ts'
import { otherAddressesOf } from './other-addresses.ts'
import type { RequestReading } from './request-reading.ts'
import { type CauseTable, type Deviation, type SignedAddress, withValue } from './signing.ts'
import { percentEncodeMark } from './text-encodings.ts'

export type AddressCode =
  | 'wrong-scheme'
  | 'wrong-host'
  | 'wrong-www'
  | 'host-not-lower-case'
  | 'default-port-kept'
  | 'port-left-out'
  | 'wrong-port'
  | 'port-after-path'
  | 'wrong-path-prefix'
  | 'trailing-slash'
  | 'path-decoded'
  | 'path-escaped-anew'
  | 'path-lower-cased'
  | 'query-kept-in-uri'
  | 'redirect-followed'

export const addressCauses: CauseTable<AddressCode> = {
  'wrong-scheme': {
    summary: 'The client signed the address with the wrong scheme.',
    fix: 'Sign exactly the address that the request is sent to, its scheme included. Behind a proxy, set the public origin on the server.',
    symptom: 'Every request fails. Common behind a proxy that terminates TLS, and after a move to https.',
  },
  'wrong-host': {
    summary: 'The client signed the address with a different host.',
    fix: 'Sign the host that the request is sent to. Behind a proxy, set the public origin on the server.',
    symptom:
      'Every request fails, often only in one environment: a test host, an IP address or an internal name was signed.',
  },
  'wrong-www': {
    summary:
      'The client signed the host with www. where the request has none, or without it where the request has one.',
    fix: 'Configure the client with the host that the server really uses, so that nothing redirects it.',
    symptom: 'Every request fails, most often after a redirect between the two names.',
  },
  'host-not-lower-case': {
    summary: 'The client signed the host with upper-case letters.',
    fix: 'Write the host in lower case before signing (RFC 5849 §3.4.1.2).',
    symptom: 'Fails where the address was configured with capitals.',
  },
  'default-port-kept': {
    summary: 'The client signed the default port, :443 or :80.',
    fix: 'Leave the default port out of the base string, and out of the configured address (RFC 5849 §3.4.1.2).',
    symptom: 'Fails where the address is written with its default port.',
    clients: {
      'oauth-1.0a (npm)': 'Remove :443 or :80 from the URL.',
      'netsuite-rest, nsrestlet (npm)': 'Remove :443 from the URL.',
      'woocommerce (npm)': 'Remove :443 or :80 from the URL.',
      'Net::OAuth, WWW::OAuth (Perl)': 'Remove the default port from the URL.',
      'QOAuth1 (Qt)': 'Remove the default port from the QUrl.',
    },
  },
  'port-left-out': {
    summary: 'The client left the port out of the signed address.',
    fix: 'Sign every port that is not the default of the scheme: https://host:8443/… (RFC 5849 §3.4.1.2).',
    symptom: 'Fails on any port but 443 and 80, so typically in development.',
  },
  'wrong-port': {
    summary: 'The client signed a different port from the one that the request came to.',
    fix: 'Sign the port that the request is sent to. Behind a proxy, set the public origin on the server.',
    symptom: 'Every request fails. Common behind a proxy or a port mapping.',
  },
  'port-after-path': {
    summary: 'The client signed the port after the path instead of after the host.',
    fix: 'Use the default port, which is not signed, or another client library.',
    symptom: 'Fails on any port but 443 and 80.',
    clients: { 'request-oauth, grant, purest (npm)': 'Use a default port.' },
  },
  'wrong-path-prefix': {
    summary: 'The client signed a path whose leading segments differ from the ones in the request.',
    fix: 'Sign the whole path that the request is sent to. If a proxy strips or adds a prefix, set the public origin with that prefix on the server.',
    symptom: 'Every request fails, typically behind a proxy or in a mounted application.',
  },
  'trailing-slash': {
    summary:
      'The client signed the path with a trailing slash that the request does not have, or without one that it has.',
    fix: 'Sign the path exactly as it is sent.',
    symptom: 'Fails for some addresses only, often for the root or after a redirect.',
  },
  'path-decoded': {
    summary: 'The client signed the path with its escapes decoded.',
    fix: 'Sign the path as it stands in the request line, escapes included.',
    symptom: 'Fails only for paths with escapes, such as %20 or non-ASCII characters.',
    clients: {
      'QOAuth1 (Qt)': 'Keep escapes out of paths.',
      'mrjones/oauth (Go)': 'Keep escapes out of paths.',
    },
  },
  'path-escaped-anew': {
    summary: 'The client escaped the path differently in the base string and in the request.',
    fix: 'Sign the path as it stands in the request line, and escape it only once.',
    symptom: "Fails only for paths with escapes or punctuation such as ' ( ) ! *.",
    clients: {
      'tumblr.js (npm)': "Keep ' and escapes out of paths.",
      'httr (R)': 'Keep escapes out of paths.',
    },
  },
  'path-lower-cased': {
    summary: 'The client signed the path in lower case.',
    fix: 'Only scheme and host are written in lower case; sign the path as it is sent (RFC 5849 §3.4.1.2).',
    symptom: 'Fails only for paths with capitals.',
  },
  'query-kept-in-uri': {
    summary: 'The client left the query in the signed address.',
    fix: 'Cut the address at the question mark, and sign the query’s parameters with the others (RFC 5849 §3.4.1.2).',
    symptom: 'Fails only for addresses with a query.',
  },
  'redirect-followed': {
    summary: 'The request was signed for another address and sent on by a redirect.',
    fix: 'Call the final address directly, or sign again for each redirect.',
    symptom:
      'Fails where the server redirects, for example from http to https, to www or to a trailing slash.',
  },
}

/** Addresses that a client may have signed in the place of the right one; the most common mistakes first. */
export function addressDeviations(
  request: RequestReading,
  otherAddresses: readonly SignedAddress[],
): Deviation[] {
  const { address } = request.right
  const { scheme, host, port, path } = address
  const deviations: Deviation[] = []
  const add = (
    code: AddressCode,
    change: (address: SignedAddress) => SignedAddress,
    detail?: string,
  ): void => {
    deviations.push({
      code,
      detail,
      change: (signing) => ({ ...signing, address: change(signing.address) }),
    })
  }
  const otherScheme = scheme === 'https' ? 'http' : 'https'
  add('wrong-scheme', (given) => ({ ...given, scheme: otherScheme }), `${otherScheme} instead of ${scheme}`)
  if (request.query !== '') {
    const suffix = `?${request.query}`
    deviations.push({
      code: 'query-kept-in-uri',
      change: (signing) => ({
        ...signing,
        address: { ...signing.address, suffix },
        parameters: signing.parameters.filter(({ place, isProtocol }) => place !== 'query' || isProtocol),
      }),
    })
    add('query-kept-in-uri', (given) => ({ ...given, suffix }))
    const own = request.query.split('&').filter((piece) => !piece.startsWith('oauth_'))
    if (own.length > 0)
      deviations.push({
        code: 'query-kept-in-uri',
        change: (signing) => ({
          ...signing,
          address: { ...signing.address, suffix: `?${own.join('&')}` },
          parameters: signing.parameters.filter(({ place, isProtocol }) => place !== 'query' || isProtocol),
        }),
      })
  }
  if (port === '')
    add('default-port-kept', (given) => ({ ...given, port: given.scheme === 'https' ? '443' : '80' }))
  else {
    add('port-left-out', (given) => ({ ...given, port: '' }), port)
    add('port-after-path', (given) => ({ ...given, port: '', suffix: `${given.suffix}:${port}` }))
    if (request.query !== '') deviations.push(portAfterQuery(port))
  }
  add(
    'trailing-slash',
    (given) => ({ ...given, path: toggleSlash(given.path) }),
    `${toggleSlash(path)} instead of ${path}`,
  )
  if (path === '/') add('trailing-slash', (given) => ({ ...given, path: '' }))
  if (path.includes('%'))
    add('path-decoded', (given) => ({ ...given, path: percentDecodeLossless(given.path) }))
  for (const escaped of escapedAgain(path)) add('path-escaped-anew', (given) => ({ ...given, path: escaped }))
  add(
    'wrong-www',
    (given) => ({ ...given, host: toggleWww(given.host) }),
    `${toggleWww(host)} instead of ${host}`,
  )
  // Redirects that servers make, each of several steps.
  add('redirect-followed', (given) => ({ ...given, scheme: otherScheme, path: toggleSlash(given.path) }))
  add('redirect-followed', (given) => ({ ...given, scheme: otherScheme, host: toggleWww(given.host) }))
  add('redirect-followed', (given) => ({
    ...given,
    path: toggleSlash(given.path),
    host: toggleWww(given.host),
  }))
  add('redirect-followed', (given) => ({
    ...given,
    scheme: otherScheme,
    path: toggleSlash(given.path),
    host: toggleWww(given.host),
  }))
  for (const { code, detail, other } of otherAddressesOf(request, otherAddresses))
    add(code, (given) => ({ ...given, ...other }), detail)
  for (const written of [request.rawHost, request.header('host')?.slice(0, host.length)])
    if (written !== undefined && written !== host && written.toLowerCase() === host)
      add('host-not-lower-case', (given) => ({ ...given, host: written }))
  for (const shorter of withoutLeading(path))
    add('wrong-path-prefix', (given) => ({ ...given, path: shorter }), `${shorter} instead of ${path}`)
  add('path-lower-cased', (given) => ({ ...given, path: given.path.toLowerCase() }))
  return deviations
}

/** After the query, the port becomes part of the last value. */
function portAfterQuery(port: string): Deviation {
  return {
    code: 'port-after-path',
    change: (signing) => {
      const last = signing.parameters.findLastIndex(({ place }) => place === 'query')
      const parameters = signing.parameters.map((parameter, at) =>
        at === last ? withValue(parameter, `${parameter.value}:${port}`) : parameter,
      )
      return { ...signing, address: { ...signing.address, port: '' }, parameters }
    },
  }
}

function toggleWww(host: string): string {
  return host.startsWith('www.') ? host.slice(4) : `www.${host}`
}

function toggleSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : `${path}/`
}

/** The path without its first one, two or three segments. */
function withoutLeading(path: string): string[] {
  const shorter: string[] = []
  let rest = path
  while (shorter.length < 3) {
    const slash = rest.indexOf('/', 1)
    if (slash === -1) break
    rest = rest.slice(slash)
    shorter.push(rest)
  }
  return shorter
}

/** The path as libraries write it that escape it a second time, or by a different table. */
function escapedAgain(path: string): Set<string> {
  const decoded = percentDecodeLossless(path)
  const segments = (text: string, encode: (segment: string) => string) =>
    text.split('/').map(encode).join('/')
  const spellings = new Set([
    segments(path, percentEncode),
    segments(decoded, percentEncode),
    path.replace(/[!'()*]/g, percentEncodeMark),
    path.replaceAll("'", '%27'),
    decoded.replaceAll(' ', '+'),
    path.replace(/%[\da-f]{2}/gi, (octet) => octet.toLowerCase()),
    path.replace(/%[\da-f]{2}/gi, (octet) => octet.toUpperCase()),
    encodedAsUri(decoded),
  ])
  spellings.delete(path)
  return spellings
}

function encodedAsUri(text: string): string {
  try {
    return encodeURI(text)
  } catch {
    return text
  }
}
