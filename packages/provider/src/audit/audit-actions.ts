/** Every action in the audit log: the subject, and what was done to it. */
export const auditActions = [
  'user.signed-in',
  'user.sign-in-refused',
  'user.signed-out',
  'user.signed-up',
  'user.added',
  'user.password-changed',
  'user.identity-linked',
  'user.identity-unlinked',
  'user.role-changed',
  'user.suspended',
  'user.reinstated',
  'user.sessions-ended',
  'user.access-revoked',
  'user.deleted',
  'client.registered',
  'client.edited',
  'client.secret-replaced',
  'client.keys-changed',
  'client.mode-changed',
  'client.policy-changed',
  'client.approved',
  'client.suspended',
  'client.verified',
  'client.unverified',
  'client.paired',
  'client.unpaired',
  'client.access-revoked',
  'client.deleted',
  'consent.approved',
  'consent.denied',
  'token.issued',
  'token.changed',
  'token.revoked',
  'invitation.made',
  'invitation.withdrawn',
  'list.exported',
  'data.imported',
  'provider.started',
  'database.migrated',
  'database.sealed',
] as const

/** The action. */
export type AuditAction = (typeof auditActions)[number]

/** Whether a text is the name of an action. */
export function isAuditAction(text: string): text is AuditAction {
  return (auditActions as readonly string[]).includes(text)
}
