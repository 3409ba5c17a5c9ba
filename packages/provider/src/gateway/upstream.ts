import { isIP } from 'node:net'
import { finished } from 'node:stream'
import { CountersignError } from 'countersign'
import { buildConnector, type Dispatcher, Pool } from 'undici'
import { OverloadError } from '../limits/overload-error.ts'
import type { GatewaySettings } from '../settings/gateway-settings.ts'
import type { OnInformation } from './early-hints.ts'
import type { ForwardedBody } from './forwarded-body.ts'
import type { RawHeaders } from './forwarded-headers.ts'
import { GatewayRefusal } from './gateway-refusal.ts'
import { Turns } from './turns.ts'

/** A request to the upstream. */
export interface UpstreamRequest {
  readonly method: string
  /** Path and query, as received. */
  readonly target: string
  readonly headers: readonly string[]
  readonly body: ForwardedBody | undefined
  /** Ends the request when the client leaves. */
  readonly signal: AbortSignal
  readonly onInformation?: OnInformation
  /** Whether it is for a public route, and so unsigned. */
  readonly isUnsigned: boolean
}

/** The API behind the gateway, and its open connections. */
export class Upstream {
  readonly #pool: Pool
  readonly #turns: Turns
  /** Half of them: callers of public routes must not crowd out signed requests. */
  readonly #unsignedTurns: Turns
  readonly #responseTimeout: number

  constructor(address: string, settings: GatewaySettings) {
    this.#pool = new Pool(address, {
      connections: settings.upstreamConnections,
      // One request at a time: a response is never taken for another request's.
      pipelining: 1,
      connect: connector(address, settings),
      headersTimeout: settings.responseTimeoutSeconds * 1000,
      bodyTimeout: settings.idleTimeoutSeconds * 1000,
    })
    this.#responseTimeout = settings.responseTimeoutSeconds * 1000
    // The pool itself would let any number wait, even those whose clients have left.
    const { upstreamConnections: atOnce } = settings
    const longestMilliseconds = this.#responseTimeout
    this.#turns = new Turns({ atOnce, longestMilliseconds })
    this.#unsignedTurns = new Turns({ atOnce: Math.ceil(atOnce / 2), longestMilliseconds })
  }

  /**
   * Sends a request and returns the response, whose headers are names and values in turn. Its body must be read or
   * destroyed: the connection is free only then.
   *
   * @throws GatewayRefusal 502 or 504 when there is no response; OAuth1Error when the body is not the signed one;
   *   OverloadError when too many requests wait for a connection.
   */
  async send(request: UpstreamRequest): Promise<RawResponse> {
    const begun: Turns[] = []
    const end = () => {
      for (const turns of begun) turns.end()
    }
    try {
      for (const turns of request.isUnsigned ? [this.#unsignedTurns, this.#turns] : [this.#turns]) {
        await turns.begin(request.signal)
        begun.push(turns)
      }
      const response = await this.#requestTwice(request)
      finished(response.body, end)
      return response
    } catch (error) {
      // If no connection became free, the body is still unread.
      request.body?.destroy()
      end()
      throw upstreamFault(error)
    }
  }

  close(): Promise<void> {
    return this.#pool.destroy()
  }

  async #requestTwice(request: UpstreamRequest): Promise<RawResponse> {
    try {
      return await this.#request(request)
    } catch (error) {
      if (!mayRepeat(request, error)) throw error
      return await this.#request(request)
    }
  }

  async #request(request: UpstreamRequest): Promise<RawResponse> {
    const { method, target, headers, body, signal, onInformation } = request
    // undici's own time-out restarts with each of them.
    const last = performance.now() + this.#responseTimeout
    const response = await this.#pool.request({
      method: method as Dispatcher.HttpMethod,
      path: target,
      headers: [...headers],
      body: body ?? null,
      signal,
      responseHeaders: 'raw',
      onInfo: ({ statusCode, headers }) => {
        if (performance.now() > last) throw tooLate()
        onInformation?.(statusCode, headers as unknown as RawHeaders)
      },
    })
    // The types lack raw headers.
    return response as unknown as RawResponse
  }
}

/** Connects to the upstream under its own name: undici would check the certificate against the request's `Host`. */
function connector(address: string, { connectTimeoutSeconds }: GatewaySettings): buildConnector.connector {
  const connect = buildConnector({ timeout: connectTimeoutSeconds * 1000 })
  const { hostname } = new URL(address)
  const servername = isIP(hostname.replace(/^\[|\]$/g, '')) === 0 ? hostname : ''
  return (options, done) => connect({ ...options, servername }, done)
}

/** A response with raw headers. */
export type RawResponse = Omit<Dispatcher.ResponseData, 'headers'> & { readonly headers: readonly string[] }

/**
 * An upstream may close a connection that it kept open just when the next request is on its way (RFC 9110 §9.2.2): a
 * safe request without a body is sent once more, on another connection.
 */
function mayRepeat({ method, body, signal }: UpstreamRequest, error: unknown): boolean {
  if (body !== undefined || signal.aborted || !/^(?:GET|HEAD|OPTIONS)$/.test(method)) return false
  return /^(?:UND_ERR_SOCKET|ECONNRESET|EPIPE)$/.test(codeOf(error))
}

/** The refusal for a failure on the way to the upstream; a refusal of the request itself stays as it is. */
export function upstreamFault(error: unknown): unknown {
  const isRefusal = error instanceof CountersignError || error instanceof GatewayRefusal
  if (isRefusal || error instanceof OverloadError) return error
  if (/^(?:UND_ERR_(?:CONNECT|HEADERS|BODY)_TIMEOUT|ETIMEDOUT)$/.test(codeOf(error))) return tooLate(error)
  const message = 'The API cannot be reached, or its response cannot be read.'
  return new GatewayRefusal(502, 'bad_gateway', message, error)
}

export function tooLate(cause?: unknown): GatewayRefusal {
  return new GatewayRefusal(504, 'gateway_timeout', 'The API did not respond in time.', cause)
}

function codeOf(error: unknown): string {
  return String((error as NodeJS.ErrnoException | undefined)?.code ?? '')
}
