/** Random numbers that follow from a seed (mulberry32). */
export class Dice {
  #state: number

  constructor(seed: number) {
    this.#state = seed
  }

  /** From 0, below 1. */
  fraction(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }

  below(end: number): number {
    return Math.floor(this.fraction() * end)
  }

  chance(probability: number): boolean {
    return this.fraction() < probability
  }

  one<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)] as T
  }

  many<T>(most: number, make: () => T): T[] {
    return Array.from({ length: this.below(most + 1) }, make)
  }
}

/** What the attacker knows of the provider: real values to bend. */
export interface Knowledge {
  readonly host: string
  /** Whole requests that the provider takes. */
  readonly good: readonly string[]
  /** A visitor's cookie and what its forms carry. */
  readonly cookie: string
  readonly formToken: string
  readonly clientKey: string
}

const verbs = ['GET', 'POST', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'QUERY', 'PROPFIND']
const oddVerbs = ['get', 'CONNECT', 'G@T', '', 'PRI', 'M-SEARCH', 'GET\0', 'X'.repeat(300)]
const paths = [
  ...['/', '/oauth/initiate', '/oauth/token', '/oauth/authorize', '/api/me', '/api/echo', '/api/', '/oauth'],
  ...['/sign-in', '/sign-up', '/sign-out', '/clients', '/clients/new', '/clients/x', '/clients/x/delete'],
  ...['/authorizations', '/authorizations/revoke', '/healthz', '/assets/style-x.css', '/nowhere'],
]
const garbage = [
  ...[
    '%',
    '%0',
    '%00',
    '%ff',
    '%C0%AF',
    '%F0%9F%98%80',
    '%ED%A0%80',
    '%2e%2e%2f',
    '+',
    '&',
    '=',
    '&&&&',
    ';',
  ],
  ...[
    '"',
    "'",
    '<script>',
    '\\',
    '..',
    '//',
    '#',
    '?',
    ' ',
    '\t',
    '\0',
    '\r',
    '\x80\xff',
    'é',
    '[a]',
    '[]=',
    '__proto__',
  ],
  ...[
    'constructor',
    '{{7*7}}',
    '../../etc/passwd',
    'a'.repeat(300),
    '%61'.repeat(200),
    '1e999',
    '-1',
    'NaN',
    '٣',
  ],
]
const types = [
  ...[
    'application/x-www-form-urlencoded',
    'application/x-www-form-urlencoded; charset=utf-16',
    'APPLICATION/X-WWW-FORM-URLENCODED',
  ],
  ...[
    'multipart/form-data; boundary=x',
    'multipart/form-data',
    'application/json',
    'text/plain',
    '',
    ';',
    'a/b; c="',
  ],
]
const lengths = [
  '0',
  '-1',
  '+5',
  '1e3',
  '0x10',
  '5, 5',
  '99999999999999999999',
  ' ',
  'five',
  '70000',
  '2000000',
]
const encodings = [
  'chunked',
  'gzip, chunked',
  'chunked, chunked',
  'identity',
  'xchunked',
  'chunked\t',
  'CHUNKED',
]
const names = [
  ...[
    'oauth_consumer_key',
    'oauth_token',
    'oauth_signature_method',
    'oauth_signature',
    'oauth_timestamp',
    'oauth_nonce',
  ],
  ...[
    'oauth_version',
    'oauth_callback',
    'oauth_verifier',
    'oauth_body_hash',
    'realm',
    'oauth_%',
    'OAUTH_TOKEN',
    'a',
  ],
]
const values = [
  ...[
    'HMAC-SHA1',
    'RSA-SHA1',
    'PLAINTEXT',
    'hmac-sha1',
    '1.0',
    '2.0',
    'oob',
    'javascript:alert(1)',
    'http://x y',
    '',
  ],
  ...[
    'http://127.0.0.1/cb',
    '99999999999999999999',
    '0',
    '-5',
    '٣',
    '%',
    '%25',
    '%00',
    'AAAA',
    '====',
    'x'.repeat(5_000),
  ],
]

/** The octets of one hostile request, as latin1 text. */
export function hostileRequest(dice: Dice, known: Knowledge): string {
  if (dice.chance(0.25)) return bent(dice, dice.one(known.good))
  const verb = dice.chance(0.9) ? dice.one(verbs) : dice.one(oddVerbs)
  const version = dice.chance(0.95)
    ? 'HTTP/1.1'
    : dice.one(['HTTP/1.0', 'HTTP/2.0', 'HTTP/9.9', 'http/1.1', ''])
  const { lines, octets } = body(dice, known)
  const all = [...head(dice, known), ...lines]
  const end = dice.chance(0.98) ? '\r\n' : dice.one(['\n', '\r', '\r\n\r\n', '\0'])
  return `${verb} ${target(dice, known)} ${version}${end}${all.map((line) => line + end).join('')}${end}${octets}`
}

/** A good request with some octets changed, doubled or left out. */
function bent(dice: Dice, good: string): string {
  let text = good
  for (let i = dice.below(4); i > 0; i--) {
    const at = dice.below(text.length)
    const insert = dice.chance(0.5) ? dice.one(garbage) : String.fromCharCode(dice.below(256))
    text = text.slice(0, at) + insert + text.slice(at + dice.below(3))
  }
  return text
}

function target(dice: Dice, { host, clientKey }: Knowledge): string {
  const path = dice.one(paths) + (dice.chance(0.2) ? dice.one(garbage) : '')
  const query = dice.chance(0.4) ? `?${pairs(dice, clientKey)}` : ''
  const whole = path + query
  if (dice.chance(0.9)) return whole
  return dice.one([
    ...['*', '', host, `http://${host}${whole}`, `https://${host}${whole}`, `http://u:p@${host}${whole}`],
    ...[`http://evil.example${whole}`, 'http://', 'http:///', `//${host}${whole}`, `/${'/'.repeat(5_000)}`],
    ...[`/${'a'.repeat(20_000)}`, `${whole}#fragment`, 'javascript:alert(1)', '\\\\x', `http://[::1${whole}`],
  ])
}

function head(dice: Dice, { host, cookie, clientKey }: Knowledge): string[] {
  const lines = dice.chance(0.9)
    ? [`Host: ${host}`]
    : dice.one([
        [],
        ['Host: evil.example'],
        ['Host: h:x'],
        ['Host: a:99999'],
        ['Host: [::1'],
        ['Host: \x80'],
        ['Host:'],
        [`Host: ${host}`, 'Host: b'],
      ])
  const header = (name: string, value: string) => lines.push(`${name}: ${value}`)
  if (dice.chance(0.3)) header('Cookie', dice.chance(0.5) ? cookie : `countersign=${dice.one(garbage)}`)
  if (dice.chance(0.4)) {
    const parameters = dice.many(9, () => `${dice.one(names)}="${value(dice, clientKey)}"`)
    header(
      'Authorization',
      `${dice.one(['OAuth', 'oauth', 'OAuth ', 'Bearer', 'OAuth,'])} ${parameters.join(dice.one([', ', ',', ' ']))}`,
    )
  }
  if (dice.chance(0.3))
    header('Accept', dice.one(['text/html', 'application/json', '*/*;q=x', 'a/b;'.repeat(200), ',,,']))
  if (dice.chance(0.1)) header('Origin', dice.one(['null', 'https://app.example', 'x'.repeat(500)]))
  if (dice.chance(0.05)) header('Expect', dice.one(['100-continue', '200-ok', '']))
  if (dice.chance(0.05)) header('Upgrade', dice.one(['websocket', 'h2c']))
  if (dice.chance(0.05)) header('X-Forwarded-Proto', dice.one(garbage))
  if (dice.chance(0.1))
    header(dice.one(['X', 'X Y', '', 'X\0', '__proto__', 'Connection']), dice.one(garbage))
  if (dice.chance(0.01)) header('X-Large', 'x'.repeat(20_000))
  return lines
}

function body(dice: Dice, known: Knowledge): { readonly lines: readonly string[]; readonly octets: string } {
  if (dice.chance(0.5)) return { lines: [], octets: '' }
  const own = `form_token=${known.formToken}&`
  const text = (dice.chance(0.3) ? own : '') + pairs(dice, known.clientKey)
  const lines = [`Content-Type: ${dice.one(types)}`]
  if (dice.chance(0.05)) lines.push(`Content-Encoding: ${dice.one(['gzip', 'br', 'x', 'identity'])}`)
  if (dice.chance(0.6)) return { lines: [...lines, `Content-Length: ${text.length}`], octets: text }
  if (dice.chance(0.5)) return { lines: [...lines, `Content-Length: ${dice.one(lengths)}`], octets: text }
  lines.push(`Transfer-Encoding: ${dice.chance(0.7) ? 'chunked' : dice.one(encodings)}`)
  const size = dice.chance(0.8)
    ? text.length.toString(16)
    : dice.one(['-1', 'zz', 'ffffffffffffffff', '5;a=b', '0x5', ''])
  return { lines, octets: `${size}\r\n${text}\r\n0\r\n${dice.one(['\r\n', 'a: b\r\n\r\n', 'x'])}` }
}

function pairs(dice: Dice, clientKey: string): string {
  const wide = dice.chance(0.02) ? 1_500 : 12
  const name = () =>
    dice.chance(0.5) ? dice.one(names) : dice.one(['name', 'password', 'decision', 'return', ...garbage])
  return dice.many(wide, () => `${name()}=${value(dice, clientKey)}`).join('&')
}

function value(dice: Dice, clientKey: string): string {
  return dice.chance(0.2) ? clientKey : dice.one(dice.chance(0.5) ? values : garbage)
}
