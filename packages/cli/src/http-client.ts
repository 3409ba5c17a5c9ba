import { type IncomingMessage, request as overHttp } from 'node:http'
import { request as overHttps } from 'node:https'
import { InputError } from './provider.ts'

/** A request as it is sent. */
export interface OutgoingRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly body?: string | undefined
}

/**
 * Sends a request exactly as it was signed: `fetch` would rewrite the URL and refuse some methods. Redirects are not
 * followed, because the signature is not valid for another address.
 *
 * @throws InputError when nothing responds at the address.
 */
export function send({ method, url, headers, body }: OutgoingRequest): Promise<IncomingMessage> {
  const [, scheme = '', authority = '', rest = ''] = /^(https?):\/\/([^/?]*)(.*)$/is.exec(url) ?? []
  const host = authority.replace(/^.*@/, '')
  const [, name = '', port] = /^(\[.*\]|[^:]*)(?::(\d*))?$/.exec(host) ?? []
  const request = scheme.toLowerCase() === 'https' ? overHttps : overHttp
  return new Promise((resolve, reject) => {
    const sent = request({
      method,
      hostname: name.replace(/^\[|\]$/g, ''),
      ...(port ? { port } : {}),
      path: rest.startsWith('/') ? rest : `/${rest}`,
      headers: {
        host,
        ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }),
        ...headers,
      },
      agent: false,
    })
    sent.once('response', resolve)
    sent.once('error', (error: Error & { code?: string }) => {
      const reason = error.message || error.code || 'no response'
      reject(new InputError('url', `${url} cannot be reached: ${reason}`))
    })
    sent.end(body)
  })
}
