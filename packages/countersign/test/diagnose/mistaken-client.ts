// A client that signs wrongly on purpose. It goes the steps of RFC 5849 §3.4 as client code does, each of which a mistake
// may replace; it shares no code with the library, because it is the other side that shows whether mistakes are found.
import { constants, createHmac, createSign } from 'node:crypto'
import type { CauseCode, DiagnosisOptions } from 'countersign/diagnose'

export type Pair = readonly [name: string, value: string]

export interface Credentials {
  readonly clientId: string
  readonly clientSecret: string
  readonly token?: string
  readonly tokenSecret?: string
  /** The secret of the credential that was exchanged for the token. */
  readonly temporarySecret?: string
  readonly privateKey?: string
  readonly publicKey?: string
}

/** What the client's user asks for. */
export interface Call {
  readonly method: string
  /** As it is sent. */
  readonly url: string
  readonly form?: string
  /** A body that is no form. */
  readonly content?: { readonly type: string; readonly text: string }
  readonly headers?: Readonly<Record<string, string>>
  readonly place?: 'header' | 'query' | 'body'
  readonly realm?: string
  /** Parameters of the application that are written into the Authorization header, too. */
  readonly inHeader?: readonly Pair[]
  /** Protocol parameters beside the usual ones. */
  readonly oauth?: readonly Pair[]
  readonly methodName?: string
  readonly credentials: Credentials
}

export interface Gathered {
  readonly query: readonly Pair[]
  readonly form: readonly Pair[]
  readonly oauth: readonly Pair[]
  readonly call: Call
}

/** How a client signs, step by step, and sends. */
export interface Steps {
  readonly method: (call: Call) => string
  readonly address: (url: string, call: Call) => string
  readonly readQuery: (text: string) => readonly Pair[]
  readonly readForm: (text: string) => readonly Pair[]
  readonly gather: (gathered: Gathered) => readonly Pair[]
  /** Used for names, values, the parts of the base string and the parts of the key. */
  readonly encode: (text: string) => string
  readonly name: (text: string) => string
  readonly value: (text: string) => string
  /** Encodes and sorts. */
  readonly arrange: (pairs: readonly Pair[]) => readonly Pair[]
  readonly join: (pairs: readonly Pair[]) => string
  readonly text: (method: string, address: string, joined: string) => string
  readonly credentials: (credentials: Credentials) => Credentials
  readonly key: (credentials: Credentials) => string
  /** The method that is used, whatever the request names. */
  readonly methodName: (named: string, credentials: Credentials) => string
  readonly hmac: (hash: string, key: string, text: string) => Buffer
  /** The octets of a digest or an RSA signature as text. */
  readonly armour: (octets: Buffer) => string
  readonly finish: (signature: string) => string
  /** The signature as it stands in header, query or form. */
  readonly write: (signature: string) => string
  /** The request that is sent: the call, unless the client writes it differently from how it signed. */
  readonly send: (call: Call) => Call
}

/** One thing that a client does wrong, and the code under which it is to be named. */
export interface Mistake {
  readonly code: CauseCode
  readonly what: string
  /** `own` holds the steps as they are in the end, `before` those that the mistake replaces. */
  readonly change: (own: Steps, before: Steps) => Partial<Steps>
  /** Where the mistake is what its code says, if not wherever it shows. */
  readonly where?: (call: Call) => boolean
  /** What whoever asks for the diagnosis has to know besides. */
  readonly options?: (call: Call) => DiagnosisOptions
}

export interface Sent {
  readonly request: { method: string; url: string; headers: Record<string, string>; body?: string }
  /** As it arrives, decoded. */
  readonly signature: string
  readonly baseString: string
  /** The call, as it was finally sent. */
  readonly call: Call
}

/** Makes a request as a client does that makes these mistakes; with none of them, as it should. */
export function send(call: Call, mistakes: readonly Mistake[] = [], nonce = 'kllo9940pd9333jh'): Sent {
  const steps = clientWith(mistakes)
  const oauth = protocolParameters(call, nonce)
  const { baseString, signature } = sign(call, steps, oauth)
  return { ...written(steps.send(call), oauth, steps.write(signature)), baseString }
}

function clientWith(mistakes: readonly Mistake[]): Steps {
  const own = {} as { -readonly [K in keyof Steps]: Steps[K] }
  Object.assign(own, right(own))
  for (const { change } of mistakes) Object.assign(own, change(own, { ...own }))
  return own
}

/** The signature as it would arrive if these octets had been signed right. */
export function rightSignature(call: Call, mistakes: readonly Mistake[], nonce?: string): string {
  return send(clientWith(mistakes).send(call), [], nonce).signature
}

/** The steps as the RFC has them. */
function right(own: Steps): Steps {
  return {
    method: ({ method }) => method,
    address: (url) => {
      const { protocol, host } = new URL(url)
      return `${protocol}//${host}${pathOf(url)}`
    },
    readQuery: read,
    readForm: read,
    gather: ({ query, form, oauth, call }) => [...query, ...form, ...oauth, ...(call.inHeader ?? [])],
    encode: percentEncode,
    name: (text) => own.encode(text),
    value: (text) => own.encode(text),
    arrange: (pairs) =>
      pairs
        .map(([name, value]) => [own.name(name), own.value(value)] as const)
        .sort(([a, b], [c, d]) => compare(a, c) || compare(b, d)),
    join: (pairs) => pairs.map(([name, value]) => `${name}=${value}`).join('&'),
    text: (method, address, joined) => `${method}&${own.encode(address)}&${own.encode(joined)}`,
    credentials: (credentials) => credentials,
    key: ({ clientSecret, tokenSecret = '' }) => `${own.encode(clientSecret)}&${own.encode(tokenSecret)}`,
    methodName: (named) => named,
    hmac: (hash, key, text) => createHmac(hash, key).update(text).digest(),
    armour: (octets) => octets.toString('base64'),
    finish: (signature) => signature,
    write: percentEncode,
    send: (call) => call,
  }
}

function sign(call: Call, steps: Steps, oauth: readonly Pair[]) {
  const gathered = {
    query: steps.readQuery(new URL(call.url).search.slice(1)),
    form: steps.readForm(call.form ?? ''),
    oauth,
    call,
  }
  const joined = steps.join(steps.arrange(steps.gather(gathered)))
  const baseString = steps.text(steps.method(call), steps.address(call.url, call), joined)
  return { baseString, signature: steps.finish(signatureOf(call, steps, baseString)) }
}

function signatureOf(call: Call, steps: Steps, baseString: string): string {
  const named = steps.methodName(call.methodName ?? 'HMAC-SHA1', call.credentials)
  const [kind, hash = ''] = named.replace('-PSS', '').split('-')
  const credentials = steps.credentials(call.credentials)
  if (kind === 'PLAINTEXT') return steps.key(credentials)
  if (kind === 'HMAC') return steps.armour(steps.hmac(hash.toLowerCase(), steps.key(credentials), baseString))
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
  return steps.armour(
    createSign(`RSA-${hash}`)
      .update(baseString)
      .sign({ key: credentials.privateKey ?? '', ...(named.includes('PSS') ? pss : {}) }),
  )
}

function protocolParameters(call: Call, nonce: string): Pair[] {
  const { clientId, token } = call.credentials
  return [
    ['oauth_consumer_key', clientId],
    ...(token === undefined ? [] : [['oauth_token', token] as const]),
    ['oauth_signature_method', call.methodName ?? 'HMAC-SHA1'],
    ['oauth_timestamp', '1795720000'],
    ['oauth_nonce', nonce],
    ...(call.oauth ?? []),
  ]
}

function written(call: Call, oauth: readonly Pair[], signature: string): Omit<Sent, 'baseString'> {
  const { method, url, form, content, place = 'header', realm, inHeader = [] } = call
  const asForm = [...oauth.map((pair) => pair.map(percentEncode).join('=')), `oauth_signature=${signature}`]
  const asHeader = [...inHeader, ...oauth].map((pair) => pair.map(percentEncode).join('="'))
  const body = place === 'body' ? [...(form ? [form] : []), ...asForm].join('&') : form
  const headers = {
    ...call.headers,
    ...(body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
    ...(content === undefined ? {} : { 'content-type': content.type }),
    ...(place !== 'header'
      ? {}
      : {
          authorization: `OAuth ${realm === undefined ? '' : `realm="${realm}", `}${asHeader.join('", ')}", oauth_signature="${signature}"`,
        }),
  }
  const arrived = place === 'header' ? signature : signature.replaceAll('+', ' ')
  return {
    request: {
      method,
      url: place === 'query' ? `${url}${url.includes('?') ? '&' : '?'}${asForm.join('&')}` : url,
      headers,
      ...(body === undefined ? {} : { body }),
    },
    signature: decodeURIComponent(arrived),
    call,
  }
}

/** A query or a form, decoded. */
export function read(text: string): Pair[] {
  const decode = (part: string) => decodeURIComponent(part.replaceAll('+', ' '))
  return split(text).map(([name, value]) => [decode(name), decode(value)])
}

/** A query or a form as it is written. */
export function split(text: string): Pair[] {
  const pairs = text.split('&').filter((pair) => pair !== '')
  return pairs.map((pair) => {
    const [name = '', ...value] = pair.split('=')
    return [name, value.join('=')]
  })
}

/** The path as it is written, which `URL` would escape. */
export function pathOf(url: string): string {
  return /^[^:]+:\/\/[^/?#]*([^?#]*)/.exec(url)?.[1] || '/'
}

export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
