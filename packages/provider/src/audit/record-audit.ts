import type { NewAuditEvent } from './audit-event.ts'
import type { AuditLog } from './audit-log.ts'

/**
 * Writes an entry of the audit log: who did what, to whom, from where. The actor, the network and the request come from
 * the caller's context, unless the event names others. Call it after a deliberate act. A failure is logged, and does
 * not affect the caller.
 *
 * @example
 * ```ts
 * await recordAudit(services, { action: 'client.edited', subject: { kind: 'client', id: clientId }, details: { fields: ['name'] } })
 * ```
 */
export function recordAudit({ audit }: { readonly audit: AuditLog }, event: NewAuditEvent): Promise<void> {
  return audit.write(event)
}
