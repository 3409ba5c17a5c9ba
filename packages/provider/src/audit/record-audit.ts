import type { NewAuditEvent } from './audit-event.ts'
import type { AuditLog } from './audit-log.ts'

/**
 * Writes a line of the audit log: who did what, to whom, from where. The actor, the network and the request come from
 * the code that calls, unless the event names others. Call it where a deliberate act is done, after it is done. A failure
 * is logged, and changes nothing for the caller.
 *
 * @example
 * ```ts
 * await recordAudit(services, { action: 'client.edited', subject: { kind: 'client', id: clientId }, details: { fields: ['name'] } })
 * ```
 */
export function recordAudit({ audit }: { readonly audit: AuditLog }, event: NewAuditEvent): Promise<void> {
  return audit.write(event)
}
