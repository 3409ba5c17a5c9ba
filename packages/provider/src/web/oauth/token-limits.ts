import { type Endpoint, type HttpRequest, OAuth1Error } from 'countersign'
import { OAuth1Request } from 'countersign/protocol'
import type { MiddlewareHandler } from 'hono'
import { RateLimit } from '../../limits/rate-limit.ts'
import { currentRequest } from '../../requests/request-context.ts'
import type { Services } from '../../services.ts'
import { clientResponse } from '../http/client-response.ts'

/** The window of the limits. */
const windowSeconds = 60

/** The limits for one address and one client on the endpoints that issue, renew and revoke credentials. */
export interface TokenLimits {
  /** Refuses an address with too many requests, before anything of the request is read. */
  readonly perAddress: MiddlewareHandler
  /**
   * The endpoint, which refuses a client that has received too many credentials within a minute, before its signature
   * is checked.
   */
  perClient(endpoint: Endpoint): (request: HttpRequest) => ReturnType<Endpoint['handle']>
}

export function tokenLimits({
  settings,
  sharedLimits,
}: Pick<Services, 'settings' | 'sharedLimits'>): TokenLimits {
  const { oauthPerAddress, oauthPerClient } = settings.rateLimits
  const addresses = new RateLimit('oauth address', { limit: oauthPerAddress, windowSeconds }, sharedLimits)
  const clients = new RateLimit('oauth client', { limit: oauthPerClient, windowSeconds }, sharedLimits)
  return {
    async perAddress(c, next) {
      // Visitors with unknown addresses look alike: a limit on one would be a limit on all.
      const network = currentRequest()?.network
      const waitSeconds = network === undefined ? 0 : addresses.take(network)
      if (waitSeconds === 0) return next()
      c.header('retry-after', String(waitSeconds))
      return clientResponse(c, tooMany(waitSeconds), 'application/x-www-form-urlencoded')
    },
    perClient: (endpoint) => async (request) => {
      const clientId = claimedClient(request)
      const waitSeconds = clientId === undefined ? 0 : clients.waitSeconds(clientId)
      if (waitSeconds > 0) {
        const { code, description } = tooMany(waitSeconds)
        return refused(endpoint, request, new OAuth1Error(code, description), waitSeconds)
      }
      const response = await endpoint.handle(request)
      // Only proven requests of a client count: a stranger can name any client.
      if (clientId !== undefined && response.status === 200) clients.add(clientId)
      const retryAfter = currentRequest()?.retryAfterSeconds
      return response.status === 429 && retryAfter !== undefined
        ? { ...response, headers: { ...response.headers, 'retry-after': String(retryAfter) } }
        : response
    },
  }
}

function tooMany(waitSeconds: number) {
  const description = `Too many requests. Try again in ${waitSeconds} ${waitSeconds === 1 ? 'second' : 'seconds'}.`
  return { status: 429, code: 'too_many_requests', description } as const
}

async function refused(endpoint: Endpoint, request: HttpRequest, error: OAuth1Error, waitSeconds: number) {
  const response = endpoint.errorResponse(error, request)
  return { ...response, headers: { ...response.headers, 'retry-after': String(waitSeconds) } }
}

/**
 * The client that a request names, as the server reads it; an unreadable request is refused later, and counts for no
 * client.
 */
function claimedClient(request: HttpRequest): string | undefined {
  try {
    return OAuth1Request.parse(request).clientId
  } catch {
    return undefined
  }
}
