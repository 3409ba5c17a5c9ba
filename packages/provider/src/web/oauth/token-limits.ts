import { type Endpoint, type HttpRequest, OAuth1Error } from 'countersign'
import { OAuth1Request } from 'countersign/protocol'
import type { MiddlewareHandler } from 'hono'
import { RateLimit } from '../../limits/rate-limit.ts'
import { currentRequest } from '../../requests/request-context.ts'
import type { Services } from '../../services.ts'
import { clientResponse } from '../http/client-response.ts'

/** What the limits count within. */
const windowSeconds = 60

/** The limits on what one address and one client ask of the endpoints that issue, renew and end credentials. */
export interface TokenLimits {
  /** Refuses an address that asks too often, before anything of its request is read. */
  readonly perAddress: MiddlewareHandler
  /** The endpoint, which refuses a client that has got too much within a minute, before its signature is checked. */
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
      // Visitors whose addresses are not known look alike: a limit on one would be a limit on all.
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
      // Only what a client proved to be its own counts: a stranger can name any client.
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

/** The client that a request names, as the server reads it; what cannot be read is refused later, and counts for no client. */
function claimedClient(request: HttpRequest): string | undefined {
  try {
    return OAuth1Request.parse(request).clientId
  } catch {
    return undefined
  }
}
