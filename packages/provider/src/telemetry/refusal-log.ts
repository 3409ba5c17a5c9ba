import type { OAuth1Event } from 'countersign'
import type { Logger } from 'pino'
import { currentRequest } from '../requests/request-context.ts'

/**
 * One line for each refused request of a client, with the codes of the findings, and one if a client is refused because
 * its stored policy or key cannot be used. It never contains a base string, nor the sentences of a diagnosis, which
 * quote the request.
 */
export function refusalLog(log: Logger): (event: OAuth1Event) => void {
  return (event) => {
    if (event.type === 'fault') {
      const { clientId, error } = event
      log.error(
        { requestId: currentRequest()?.requestId, clientId, reason: error.message },
        'unusable client',
      )
    }
    if (event.type !== 'refused') return
    const { endpoint, code, clientId, claimedClientId, signatureMethod, place, diagnosis } = event
    const found = diagnosis && {
      outcome: diagnosis.outcome,
      causes: diagnosis.causes.map((cause) => cause.code),
      proven: diagnosis.proven,
    }
    const { requestId, inactive } = currentRequest() ?? {}
    const request = { requestId, endpoint, code, inactive: inactive?.reason }
    const claimed = { clientId, claimedClientId: claimedClientId ?? inactive?.clientId }
    log.info({ ...request, ...claimed, signatureMethod, place, ...found }, 'refused')
  }
}
