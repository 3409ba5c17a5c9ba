import type { IncomingMessage, ServerResponse } from 'node:http'
import { type HttpResponse, OAuth1Error, StoreError } from 'countersign'
import type { Logger } from 'pino'
import { isLocked, overloadOf } from '../limits/overload.ts'
import { errorLink } from '../requests/error-link.ts'
import { GatewayRefusal } from './gateway-refusal.ts'
import type { GatewayServices } from './gateway-services.ts'

/**
 * How long a refused client may go on sending: if it is cut off in the middle of its body, it never reads the refusal.
 */
const drainMilliseconds = 2_000

/** The gateway's own response, instead of the upstream's. */
export function refusalOf(
  error: unknown,
  { protector, log, settings }: Pick<GatewayServices, 'protector' | 'log' | 'settings'>,
  accept: string | undefined,
): HttpResponse {
  if (error instanceof OAuth1Error) return protector.errorResponse(error, accept)
  if (error instanceof GatewayRefusal) {
    if (error.status >= 500) log.warn({ err: error.cause, status: error.status }, 'the upstream failed')
    return jsonRefusal(error, settings.options.errorPage)
  }
  return ownFault(error, log, settings.options.errorPage)
}

/** The name of a refusal in the log; undefined for a fault on this side, which has a separate line. */
export function codeOfRefusal(error: unknown): string | undefined {
  return error instanceof OAuth1Error || error instanceof GatewayRefusal ? error.code : undefined
}

/** A server-side failure: temporary, or until someone fixes it. */
function ownFault(error: unknown, log: Logger, errorPage: string | false): HttpResponse {
  const overload = overloadOf(error)
  if (overload) log.warn({ reason: overload.message }, 'overloaded')
  else log.error({ err: error }, 'request failed')
  if (!overload && !(error instanceof StoreError || isLocked(error)))
    return jsonRefusal(
      { status: 500, code: 'server_error', message: 'The error is on our side, and it was logged.' },
      errorPage,
    )
  const refusal = {
    status: 503,
    code: 'temporarily_unavailable',
    message: 'Not available right now; try again later.',
  }
  const { headers, ...rest } = jsonRefusal(refusal, errorPage)
  return { ...rest, headers: { ...headers, 'retry-after': String(overload?.retryAfterSeconds ?? 2) } }
}

/** A refusal in the form of OAuth refusals. */
export function jsonRefusal(
  { status, code, message }: Pick<GatewayRefusal, 'status' | 'code' | 'message'>,
  errorPage: string | false,
): HttpResponse {
  const body = JSON.stringify({ error: code, error_description: message, ...errorLink(errorPage, code) })
  return { status, headers: { 'content-type': 'application/json', 'cache-control': 'no-store' }, body }
}

/**
 * Sends a refusal. A little of a body that is still arriving is read and dropped, so that the client reads the refusal;
 * then the connection is closed.
 */
export async function sendRefusal(
  req: IncomingMessage,
  res: ServerResponse,
  { status, headers, body }: HttpResponse,
): Promise<void> {
  const isBodyLeft = !req.complete
  const octets = Buffer.from(body)
  const connection = isBodyLeft ? { connection: 'close' } : {}
  res.writeHead(status, { ...headers, ...connection, 'content-length': octets.length })
  // A client that waits for "100 Continue" sends no body after a refusal.
  if (!isBodyLeft || req.headers.expect !== undefined) return void res.end(octets)
  res.write(octets)
  await drained(req)
  res.end()
}

function drained(req: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      req.off('end', done).off('close', done).off('error', done)
      resolve()
    }
    const timer = setTimeout(done, drainMilliseconds)
    req.on('end', done).on('close', done).on('error', done).resume()
  })
}
