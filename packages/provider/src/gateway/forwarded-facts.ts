import type { IncomingMessage } from 'node:http'
import { clientAddress } from '../requests/client-address.ts'
import type { ProviderSettings } from '../settings/settings.ts'
import { peerOf } from './observed-request.ts'

/** Headers about a request other than its identity. */
export type ForwardedFacts = (req: IncomingMessage, host: string | undefined, requestId: string) => string[]

/** Returns a function that writes a request's origin and its identifier into the usual headers. */
export function forwardedFacts(settings: ProviderSettings): ForwardedFacts {
  const addressOf = clientAddress(settings)
  const { origin, gateway } = settings
  const publicUrl = origin === undefined ? undefined : new URL(origin)
  return (req, host, requestId) => {
    const address = addressOf(peerOf(req))
    const name = publicUrl?.host ?? host
    return [
      ...(address === undefined ? [] : ['x-forwarded-for', address]),
      ...['x-forwarded-proto', publicUrl?.protocol.slice(0, -1) ?? 'http'],
      ...(name === undefined ? [] : ['x-forwarded-host', name]),
      ...['x-request-id', requestId, 'via', `${req.httpVersion} countersign`],
      ...(gateway.keepHost && name !== undefined ? ['host', name] : []),
    ]
  }
}
