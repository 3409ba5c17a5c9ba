import { AsyncLocalStorage } from 'node:async_hooks'
import { userInfo } from 'node:os'

/** Who does something. An `operator` works on the command line; a `visitor` is not signed in. */
export interface AuditActor {
  readonly kind: 'user' | 'client' | 'operator' | 'visitor' | 'system'
  /** Of a user the id, of a client the key, of an operator the name in the operating system. */
  readonly id?: string | number | undefined
  /** Looked up for users and clients where it is left out. */
  readonly name?: string | undefined
}

const storage = new AsyncLocalStorage<AuditActor>()

/** Runs a function, and all that it starts, as done by this actor. */
export function withActor<R>(actor: AuditActor, run: () => R): R {
  return storage.run(actor, run)
}

/** Who this code runs for; undefined where no one said. */
export function currentActor(): AuditActor | undefined {
  return storage.getStore()
}

/** Who runs this process: the actor of the command line. */
export function operatorActor(): AuditActor {
  const name = userName()
  return { kind: 'operator', id: name, name }
}

/** In a container the number of a user may have no name. */
function userName(): string {
  try {
    return userInfo().username
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`
  }
}
