/**
 * The stored data of one client cannot be used: a key that cannot be read, a secret that does not open, a field of
 * another kind. The client is refused like an unknown one, so that no stranger learns that it exists.
 */
export interface FaultEvent {
  readonly type: 'fault'
  readonly clientId: string
  readonly error: Error
}

/** What the `on` option is told. More kinds will come: tell them apart by `type`. */
export type OAuth1Event = FaultEvent

/** Tells the listener; whatever it throws, at once or later, changes no answer. */
export function emit(on: ((event: OAuth1Event) => unknown) | undefined, event: OAuth1Event): void {
  if (on === undefined) {
    warnOnce(event)
    return
  }
  try {
    const later = on(event)
    if (later instanceof Promise) later.catch(() => {})
  } catch {
    // The request comes first.
  }
}

const warned = new Set<string>()
const mostWarnings = 1_000

function warnOnce({ clientId, error }: FaultEvent): void {
  const text = `The stored data of client ${JSON.stringify(clientId)} cannot be used: ${error.message}`
  if (warned.has(text) || warned.size >= mostWarnings) return
  warned.add(text)
  // Workers have no such thing.
  globalThis.process?.emitWarning?.(text, { type: 'CountersignWarning' })
}
