import type { OAuth1Event } from 'countersign'
import { currentRequest } from '../requests/request-context.ts'
import { type AuditActor, currentActor } from './actor.ts'
import type { NewAuditEvent } from './audit-event.ts'
import type { AuditLog } from './audit-log.ts'

/** Listens to the servers' events: consent is recorded at once, tokens in bounded numbers. */
export function eventAudit(audit: AuditLog): (event: OAuth1Event) => void {
  return (event) => {
    const line = lineOf(event)
    if (line === undefined) return
    // The consent page does not wait for its entry.
    if (line.action.startsWith('consent.')) void audit.write(line)
    else audit.note(line)
  }
}

function lineOf(event: OAuth1Event): NewAuditEvent | undefined {
  switch (event.type) {
    case 'approved':
      return { action: 'consent.approved', ...parties(event, userOf(event)), details: scopeOf(event) }
    case 'denied':
      return { action: 'consent.denied', subject: clientOf(event) }
    case 'issued':
      if (event.credential === 'temporary') return undefined
      return {
        action: 'token.issued',
        ...parties(event, clientOf(event)),
        details: { ...forUser(event), ...scopeOf(event) },
      }
    case 'revoked':
      return { action: 'token.revoked', ...parties(event, clientOf(event)), details: forUser(event) }
    default:
      return undefined
  }
}

/** The signed-in user or the command line; otherwise, for a request, the subject of the event. */
function parties({ clientId }: { readonly clientId: string }, fallback: AuditActor) {
  const actor = currentActor() ?? (currentRequest() === undefined ? undefined : fallback)
  return { ...(actor !== undefined && { actor }), subject: { kind: 'client', id: clientId } } as const
}

function clientOf({ clientId }: { readonly clientId: string }): {
  readonly kind: 'client'
  readonly id: string
} {
  return { kind: 'client', id: clientId }
}

type OfUser = { readonly userId?: string | number | bigint | null | undefined }

function userOf({ userId }: OfUser): AuditActor {
  return { kind: 'user', id: userId === undefined || userId === null ? undefined : String(userId) }
}

function forUser({ userId }: OfUser): { readonly user?: string } {
  return userId === undefined || userId === null ? {} : { user: String(userId) }
}

function scopeOf({ scope }: { readonly scope?: string | null | undefined }): { readonly scope?: string } {
  return scope ? { scope: scope.slice(0, 500) } : {}
}
