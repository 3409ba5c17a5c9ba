import { AsyncLocalStorage } from 'node:async_hooks'
import { userInfo } from 'node:os'

/** Who performs an action. An `operator` works on the command line; a `visitor` is not signed in. */
export interface AuditActor {
  readonly kind: 'user' | 'client' | 'operator' | 'visitor' | 'system'
  /** A user's id, a client's key, or an operator's name in the operating system. */
  readonly id?: string | number | undefined
  /** Looked up for users and clients if omitted. */
  readonly name?: string | undefined
}

const storage = new AsyncLocalStorage<AuditActor>()

/** Runs a function, and everything that it starts, on behalf of this actor. */
export function withActor<R>(actor: AuditActor, run: () => R): R {
  return storage.run(actor, run)
}

/** The actor that this code runs for; undefined if none was set. */
export function currentActor(): AuditActor | undefined {
  return storage.getStore()
}

/** The user who runs this process: the actor of the command line. */
export function operatorActor(): AuditActor {
  const name = userName()
  return { kind: 'operator', id: name, name }
}

/** In a container, a user's number may have no name. */
function userName(): string {
  try {
    return userInfo().username
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`
  }
}
