import type { OAuth1Event } from 'countersign'
import type { Logger } from 'pino'
import type { ProviderEvent } from './provider-event.ts'

/**
 * One line for each event except refusals, which have a separate log. Accepted requests are only logged at `debug`,
 * because the request's own line says it too.
 */
export function eventLog(log: Logger): (event: OAuth1Event) => void {
  return (event) => {
    switch (event.type) {
      case 'accepted': {
        const { clientId, userId, signatureMethod, place } = event
        return log.debug({ clientId, userId, signatureMethod, place }, 'accepted')
      }
      case 'store_failed':
        return log.error({ hook: event.hook, err: event.error }, 'store failed')
      case 'issued': {
        const { clientId, userId, scope, credential } = event
        const line = credential === 'token' ? 'token issued' : 'temporary credential issued'
        return log.info({ clientId, userId, scope }, line)
      }
      case 'approved':
        return log.info({ clientId: event.clientId, userId: event.userId, scope: event.scope }, 'approved')
      case 'denied':
        return log.info({ clientId: event.clientId }, 'denied')
      case 'revoked':
        return log.info({ clientId: event.clientId, userId: event.userId }, 'token revoked')
      default:
        return undefined
    }
  }
}

/** One line for each of the provider's own events. */
export function providerEventLog(log: Logger): (event: ProviderEvent) => void {
  return (event) => {
    if (event.type === 'signed_in') log.info({ userId: event.userId }, 'signed in')
    else log.info({ reason: event.reason }, 'sign-in refused')
  }
}
