import { request } from 'node:http'
import { connect } from 'node:net'
import type { Client } from 'countersign'
import { OAuth1Client, type SignatureMethodName } from 'countersign/client'
import { token, client as usualClient } from './app.ts'

/** A signed request, down to the octets. */
export interface Call {
  readonly method?: string
  /** Where to connect, and the origin that is signed unless `origin` says otherwise. */
  readonly base: string
  readonly origin?: string
  /** The request target without its query, as sent. */
  readonly path: string
  /** The path that is signed, where it is another. */
  readonly signedPath?: string
  readonly query?: string
  /** Names and values of the form, encoded as §3.6 has it. */
  readonly form?: readonly (readonly [name: string, value: string])[]
  /** The form as sent, where it is written otherwise than `form`. */
  readonly formText?: string
  /** A body that is not a form. */
  readonly body?: Buffer
  readonly chunked?: boolean
  readonly headers?: Readonly<Record<string, string>>
  /** Null: the client signs alone. */
  readonly token?: { readonly oauthToken: string; readonly oauthTokenSecret: string } | null | undefined
  readonly client?: Client
  readonly clientSecret?: string
  readonly nonce?: string
  /** Further protocol parameters, or others than usual. */
  readonly oauth?: Readonly<Record<string, string>>
}

export interface ClientResponse {
  readonly status: number
  /** Sorted, without what differs between two requests or is the framework's own name. */
  readonly headers: string[]
  readonly allHeaders: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

export function authorization(call: Call): string {
  const { method = 'GET', base, origin = base, path, signedPath = path, query, form, nonce } = call
  const { client = usualClient } = call
  const signer = new OAuth1Client({
    clientId: client.clientId,
    clientSecret: call.clientSecret ?? client.clientSecret ?? undefined,
    token: call.token === null ? undefined : (call.token ?? token()),
    realm: 'test',
    includeVersion: false,
    signatureMethod: (call.oauth?.['oauth_signature_method'] ?? 'HMAC-SHA1') as SignatureMethodName,
  })
  const { authorization = '' } = signer.sign({
    method,
    url: query === undefined ? origin + signedPath : `${origin}${signedPath}?${query}`,
    exactUrl: true,
    ...(form === undefined ? {} : { body: textOf(form), headers: { 'content-type': formType } }),
    oauth: { ...(nonce === undefined ? {} : { oauth_nonce: nonce }), ...call.oauth },
  })
  return authorization
}

function textOf(form: NonNullable<Call['form']>): string {
  return form.map((pair) => pair.join('=')).join('&')
}

const formType = 'application/x-www-form-urlencoded'

export function send(call: Call, signed = true): Promise<ClientResponse> {
  const { method = 'GET', base, path, query = '', form, formText, body } = call
  const { hostname, port } = new URL(base)
  const text = formText ?? (form && textOf(form))
  const payload = body ?? (text === undefined ? undefined : Buffer.from(text, 'latin1'))
  const headers: Record<string, string> = {
    ...(signed ? { authorization: authorization(call) } : {}),
    ...(text === undefined ? {} : { 'content-type': formType }),
    ...(payload && !call.chunked ? { 'content-length': String(payload.length) } : {}),
    ...(call.chunked ? { 'transfer-encoding': 'chunked' } : {}),
    ...call.headers,
  }
  return new Promise((resolve, reject) => {
    const target = query === '' ? path : `${path}?${query}`
    const req = request({ hostname, port, method, path: target, headers, agent: false }, (res) => {
      const chunks: Buffer[] = []
      res.on('data', (chunk) => chunks.push(chunk)).on('error', reject)
      res.on('end', () =>
        resolve({
          status: res.statusCode ?? 0,
          headers: comparable(res.rawHeaders),
          allHeaders: res.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      )
    })
    req.on('error', reject)
    req.end(payload)
  })
}

/** Sends octets, and returns all that comes back until the server closes; `last` says that no more will be sent. */
export function sendOctets(base: string, octets: string, last = false): Promise<string> {
  const { hostname, port } = new URL(base)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(octets, 'latin1')
      if (last) socket.end()
    })
    const chunks: Buffer[] = []
    socket.on('data', (chunk) => chunks.push(chunk)).on('error', reject)
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')))
  })
}

/** The octets of a request without a body, of which the server closes the connection. */
export function octets(
  base: string,
  method: string,
  target: string,
  lines: readonly string[],
  host?: string,
): string {
  const head = [`${method} ${target} HTTP/1.1`, `host: ${host ?? new URL(base).host}`, ...lines]
  return `${[...head, 'connection: close'].join('\r\n')}\r\n\r\n`
}

function comparable(rawHeaders: readonly string[]): string[] {
  const lines: string[] = []
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] as string).toLowerCase()
    if (!['date', 'connection', 'keep-alive', 'x-powered-by'].includes(name))
      lines.push(`${name}: ${rawHeaders[i + 1]}`)
  }
  return lines.sort()
}
