import { OverloadError } from './overload-error.ts'

/** The overload that caused an error; a store's error has it as its cause. */
export function overloadOf(error: unknown): OverloadError | undefined {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; cause = cause.cause, depth++) {
    if (cause instanceof OverloadError) return cause
  }
  return undefined
}

/** Whether the database was locked by another process for longer than a request waits for it. */
export function isLocked(error: unknown): boolean {
  const { errcode } = error as { errcode?: unknown }
  return typeof errcode === 'number' && (errcode & 0xff) === sqliteBusy
}

const sqliteBusy = 5
