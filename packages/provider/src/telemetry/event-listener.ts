import type { OAuth1Event } from 'countersign'
import type { Logger } from 'pino'
import { noteParties } from '../requests/request-context.ts'
import { eventLog } from './event-log.ts'
import { refusalLog } from './refusal-log.ts'
import type { Telemetry } from './telemetry.ts'

/** Returns a function that passes each event to the metrics, the log and the request's context. */
export function eventListener({ metrics }: Telemetry, log: Logger): (event: OAuth1Event) => void {
  const logEvent = eventLog(log)
  const logRefusal = refusalLog(log)
  return (event) => {
    noteProven(event)
    metrics?.event(event)
    logEvent(event)
    logRefusal(event)
  }
}

/** Later log lines of the request name its proven client and user. */
function noteProven(event: OAuth1Event): void {
  if (event.type === 'accepted') noteParties({ clientId: event.clientId, userId: event.userId ?? undefined })
  else if (event.type === 'refused' || (event.type === 'issued' && event.credential === 'temporary'))
    noteParties({ clientId: event.clientId })
  else if (event.type === 'issued')
    noteParties({ clientId: event.clientId, userId: event.userId ?? undefined })
}
