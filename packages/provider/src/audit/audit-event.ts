import type { AuditActor } from './actor.ts'
import type { AuditAction } from './audit-actions.ts'

/** The subject of an action. */
export interface AuditSubject {
  readonly kind: 'user' | 'client' | 'token' | 'invitation' | 'list' | 'database' | 'provider'
  readonly id?: string | number | undefined
  /** Looked up for users and clients if omitted, as is a user's id. */
  readonly name?: string | undefined
}

/** A few facts: no secret, no token, no verifier, no password. */
export type AuditDetails = Readonly<
  Record<string, string | number | boolean | null | undefined | readonly string[]>
>

/** The content of an audit log entry. */
export interface NewAuditEvent {
  readonly action: AuditAction
  readonly subject?: AuditSubject | undefined
  readonly details?: AuditDetails | undefined
  /** Default: the actor that the code runs for. */
  readonly actor?: AuditActor | undefined
}

/** An event, with its time and origin. */
export interface AuditEvent extends NewAuditEvent {
  readonly actor: AuditActor
  readonly atMilliseconds: number
  readonly network: string | undefined
  readonly requestId: string | undefined
}
