import { request as httpRequest, type IncomingMessage } from 'node:http'
import { OAuth1Error } from 'countersign'
import { type HttpRequest, OAuth1Request } from 'countersign/protocol'
import { OverloadError } from '../../limits/overload-error.ts'
import type { Texts } from '../../texts/texts.ts'

/** The response, as received. */
export interface ReceivedResponse {
  readonly status: number
  readonly statusText: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
}

const timeoutMilliseconds = 10_000
const maxBodyLength = 64 * 1024

/**
 * Sends a request to this provider itself, over HTTP like a client: to the address that received the developer's own
 * request, so that it can go nowhere else.
 *
 * @param incoming - The developer's own request.
 * @throws OverloadError when no response came in time, and when the developer's request arrived over a Unix socket,
 *   without an address: Node would connect to port 80 of this machine, whatever listens there.
 */
export function sendToThisProvider(
  incoming: IncomingMessage,
  request: HttpRequest,
): Promise<ReceivedResponse> {
  const { localAddress, localPort } = incoming.socket
  const [, host = '', target = '/'] = /^https?:\/\/([^/?#]*)(.*)$/i.exec(request.url) ?? []
  const { method, headers, body } = request
  return new Promise((resolve, reject) => {
    const fail = () => reject(new OverloadError('The playground got no response from its own provider.', 2))
    if (localAddress === undefined || localPort === undefined) {
      reject(new OverloadError('The playground only works over TCP.', 2))
      return
    }
    const sent = httpRequest(
      {
        host: localAddress,
        port: localPort,
        method,
        path: target.startsWith('/') ? target : `/${target}`,
        headers: {
          ...headers,
          host,
          ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
        },
        agent: false,
        timeout: timeoutMilliseconds,
      },
      (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => {
          text = (text + chunk).slice(0, maxBodyLength)
        })
        response.on('error', fail)
        response.on('end', () => {
          const names = response.rawHeaders.filter((_, at) => at % 2 === 0)
          const values = response.rawHeaders.filter((_, at) => at % 2 === 1)
          resolve({
            status: response.statusCode ?? 0,
            statusText: response.statusMessage ?? '',
            headers: names.map((name, at) => [name, values[at] ?? ''] as const),
            body: text,
          })
        })
      },
    )
    sent.on('timeout', () => sent.destroy())
    sent.on('error', fail)
    sent.end(body)
  })
}

/**
 * The allowed targets of the playground: this provider's endpoints for clients, in a spelling that no router changes.
 */
export function targetFault({ playground }: Texts, url: string, origin: string): string | undefined {
  const rest = url.startsWith(origin) ? url.slice(origin.length) : undefined
  if (rest === undefined) return playground.otherOrigin({ origin })
  if (/[^\x21-\x7e]|#/.test(rest)) return playground.notEncoded()
  if (!known.test(rest) || !known.test(new URL(rest, 'http://localhost').pathname))
    return playground.otherAddress({ origin })
  return undefined
}

/** Passwords are only tried where the visitor's address is known, so that the sign-in limits apply to it. */
export function passwordFault({ playground }: Texts, request: HttpRequest): string | undefined {
  try {
    const { parameters } = OAuth1Request.parse(request)
    return parameters.some(([name]) => name.startsWith('x_auth_')) ? playground.noPasswords() : undefined
  } catch (error) {
    // An unreadable request is refused by its endpoint, which the page then explains.
    if (error instanceof OAuth1Error) return undefined
    throw error
  }
}

const known = /^\/(?:oauth\/(?:initiate|token|revoke|renew)|api)(?=[/?]|$)/
