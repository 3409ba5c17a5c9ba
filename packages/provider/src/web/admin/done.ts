import type { Administered } from '../../accounts/flashes.ts'
import type { AuditAction } from '../../audit/audit-actions.ts'
import type { AuditDetails } from '../../audit/audit-event.ts'

/** An administrator's action: its name in the audit log, and the message on the next page. */
export interface Done {
  readonly action: AuditAction
  readonly done: Administered
  readonly details?: AuditDetails
}
