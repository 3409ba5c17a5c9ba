import type { Call, Mistake } from '../mistaken-client.ts'
import { pathOf } from '../mistaken-client.ts'

/** A mistake in the address alone. */
function address(
  code: Mistake['code'],
  what: string,
  change: (right: string, url: string, call: Call) => string,
  options?: Mistake['options'],
): Mistake {
  return {
    code,
    what,
    change: (_, before) => ({ address: (url, call) => change(before.address(url, call), url, call) }),
    ...(options === undefined ? {} : { options }),
  }
}

function method(
  code: Mistake['code'],
  what: string,
  change: (method: string, call: Call) => string,
): Mistake {
  return { code, what, change: (_, before) => ({ method: (call) => change(before.method(call), call) }) }
}

/** A signed address of which the diagnosis is told. */
function elsewhere(code: Mistake['code'], what: string, move: (right: string) => string): Mistake {
  return address(code, what, move, ({ url }) => {
    const { protocol, host } = new URL(url)
    return { otherUrls: [move(`${protocol}//${host}${pathOf(url)}`)] }
  })
}

const otherScheme = (uri: string) =>
  uri.startsWith('https:') ? uri.replace(/^https/, 'http') : uri.replace(/^http/, 'https')
const onPath = (uri: string, change: (path: string) => string) => {
  const [, origin = '', path = ''] = /^([^:]+:\/\/[^/]*)(.*)$/.exec(uri) ?? []
  return origin + change(path)
}
const otherWww = (uri: string) =>
  uri.includes('://www.') ? uri.replace('://www.', '://') : uri.replace('://', '://www.')
const otherSlash = (uri: string) =>
  onPath(uri, (path) => (path.endsWith('/') ? path.slice(0, -1) : `${path}/`))
const segments = (path: string, change: (segment: string) => string) => path.split('/').map(change).join('/')
const strict = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)

const authority = /^(\w+:\/\/)[^/]+/
/** Undefined where the header says no more than the address. */
const hostOf = ({ url, headers }: Call) =>
  headers?.['host']?.split(':')[0]?.toLowerCase() === new URL(url).hostname ? undefined : headers?.['host']
const toInternalName = (uri: string) => uri.replace(/^(\w+:\/\/)[^/:]+/, '$1oauth-7.internal')
const toMappedPort = (uri: string) => uri.replace(/^(\w+:\/\/[^/:]+)(?::\d+)?/, '$1:8081')
const toPrefix = (uri: string) => onPath(uri, (path) => `/gateway${path}`)

export const addressMistakes: readonly Mistake[] = [
  method('method-in-lower-case', 'writes the method as the HTTP library does', (verb) => verb.toLowerCase()),
  method('method-overridden', 'signs the method of its override header', (verb, { headers }) =>
    (headers?.['x-http-method-override'] ?? verb).toUpperCase(),
  ),
  method(
    'method-overridden',
    'signs the method of the field _method',
    (verb, { form = '' }) => /(?:^|&)_method=(\w+)/.exec(form)?.[1]?.toUpperCase() ?? verb,
  ),
  method('another-method', 'signs GET whatever it sends', () => 'GET'),
  method('another-method', 'signs POST, and a redirect makes it GET', (verb) =>
    verb === 'GET' ? 'POST' : verb,
  ),
  address('wrong-scheme', 'has the other scheme configured', otherScheme),
  address('wrong-host', 'signs for localhost and calls 127.0.0.1', (uri) =>
    uri.replace('127.0.0.1', 'localhost'),
  ),
  elsewhere('wrong-host', 'signs for an internal name', toInternalName),
  address('wrong-host', 'signs for the name in the header Host', (uri, _, call) =>
    uri.replace(authority, (all, scheme) => (hostOf(call) === undefined ? all : `${scheme}${hostOf(call)}`)),
  ),
  address('wrong-www', 'puts www. before the host, or takes it off', otherWww),
  address('host-not-lower-case', 'signs the host as it was configured', (uri, url) =>
    uri.replace(/^\w+:\/\/[^/:]+/, /^\w+:\/\/[^/:?]+/.exec(url)?.[0] ?? ''),
  ),
  address('default-port-kept', 'keeps the port that stands in the address', (uri, url) => {
    const port = /^\w+:\/\/[^/?#]*?(:\d+)(?=[/?#]|$)/.exec(url)?.[1] ?? ''
    return uri.replace(/^(\w+:\/\/[^/:]+)(?::\d+)?/, `$1${port}`)
  }),
  address('default-port-kept', 'always writes a port', (uri) =>
    /^\w+:\/\/[^/]*:\d/.test(uri)
      ? uri
      : uri.replace(/^(\w+):\/\/([^/]+)/, (all, scheme) => `${all}:${scheme === 'https' ? 443 : 80}`),
  ),
  address('port-left-out', 'signs the host name without the port', (uri) =>
    uri.replace(/^(\w+:\/\/[^/:]+):\d+/, '$1'),
  ),
  elsewhere('wrong-port', 'signs the port before the mapping', toMappedPort),
  address('wrong-port', 'signs the port in the header Host', (uri, _, { headers }) =>
    uri.replace(/^(\w+:\/\/[^/:]+)(?::\d+)?/, `$1${/:\d+$/.exec(headers?.['host'] ?? uri)?.[0] ?? ''}`),
  ),
  address('port-after-path', 'puts the port after the path', (uri) =>
    uri.replace(/^(\w+:\/\/[^/:]+)(:\d+)(.*)$/, '$1$3$2'),
  ),
  address('wrong-path-prefix', 'signs the path within its mount', (uri) =>
    onPath(uri, (path) => path.replace(/^\/[^/]+(?=\/.)/, '')),
  ),
  elsewhere('wrong-path-prefix', 'signs a prefix that a proxy takes off', toPrefix),
  address('trailing-slash', 'signs a slash at the end, or none', otherSlash),
  address('path-decoded', 'signs the decoded path', (uri) => onPath(uri, decodeURIComponent)),
  address('path-escaped-anew', 'escapes the escaped path', (uri) =>
    onPath(uri, (path) => segments(path, strict)),
  ),
  address('path-escaped-anew', 'decodes the path and escapes all marks', (uri) =>
    onPath(uri, (path) => segments(path, (segment) => strict(decodeURIComponent(segment)))),
  ),
  address('path-escaped-anew', 'decodes the path and escapes it with encodeURI', (uri) =>
    onPath(uri, (path) => encodeURI(decodeURIComponent(path))),
  ),
  address('path-escaped-anew', "escapes ' as url.parse does", (uri) => uri.replaceAll("'", '%27')),
  address('path-lower-cased', 'lower-cases the whole address', (uri) => uri.toLowerCase()),
  address('query-kept-in-uri', 'does not cut the query off', (uri, url) => uri + new URL(url).search),
  {
    code: 'query-kept-in-uri',
    what: 'signs the whole address and the protocol parameters',
    change: (_, { address: uri }) => ({
      address: (url, call) => uri(url, call) + new URL(url).search,
      readQuery: () => [],
    }),
  },
  // That these redirect here cannot be told from a client that was configured with them.
  elsewhere('redirect-followed', 'signs for another name that redirects', toInternalName),
  elsewhere('redirect-followed', 'signs for another port that redirects', toMappedPort),
  elsewhere('redirect-followed', 'signs for another path that redirects', toPrefix),
  elsewhere('redirect-followed', 'signs for another scheme and host that redirect', (uri) =>
    otherWww(otherScheme(uri)),
  ),
  elsewhere('redirect-followed', 'signs for another scheme and path that redirect', (uri) =>
    otherSlash(otherScheme(uri)),
  ),
  elsewhere('redirect-followed', 'signs for another host and path that redirect', (uri) =>
    otherSlash(otherWww(uri)),
  ),
  elsewhere('redirect-followed', 'signs for an address that redirects', (uri) =>
    `${otherScheme(new URL(uri).origin)}/old${new URL(uri).pathname}`.replace('://', '://www.'),
  ),
]
