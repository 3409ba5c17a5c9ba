import type { AuditActor } from './actor.ts'
import type { AuditAction } from './audit-actions.ts'

/** To whom or what something is done. */
export interface AuditSubject {
  readonly kind: 'user' | 'client' | 'token' | 'invitation' | 'list' | 'database' | 'provider'
  readonly id?: string | number | undefined
  /** Looked up for users and clients where it is left out, as the id of a user is. */
  readonly name?: string | undefined
}

/** A few facts: no secret, no token, no verifier, no password. */
export type AuditDetails = Readonly<
  Record<string, string | number | boolean | null | undefined | readonly string[]>
>

/** What a line of the audit log is made of. */
export interface NewAuditEvent {
  readonly action: AuditAction
  readonly subject?: AuditSubject | undefined
  readonly details?: AuditDetails | undefined
  /** Default: who the code runs for. */
  readonly actor?: AuditActor | undefined
}

/** An event with everything about the moment at which it happened. */
export interface AuditEvent extends NewAuditEvent {
  readonly actor: AuditActor
  readonly atMilliseconds: number
  readonly network: string | undefined
  readonly requestId: string | undefined
}
