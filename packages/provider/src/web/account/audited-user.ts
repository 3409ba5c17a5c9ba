import type { NewAuditEvent } from '../../audit/audit-event.ts'

/** The actor and subject of users' changes to their own accounts. */
export function byUser(id: number): Pick<NewAuditEvent, 'actor' | 'subject'> {
  return { actor: { kind: 'user', id }, subject: { kind: 'user', id } }
}
