import type { Administered } from '../../accounts/flashes.ts'
import type { AuditAction } from '../../audit/audit-actions.ts'
import type { AuditDetails } from '../../audit/audit-event.ts'

/** What an administrator did: how the audit log calls it, and what the next page says. */
export interface Done {
  readonly action: AuditAction
  readonly done: Administered
  readonly details?: AuditDetails
}
