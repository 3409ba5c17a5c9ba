import { StoreError } from '../errors.ts'

/** How long a hook may take. */
export interface HookLimit {
  /** Rejects with a `StoreError` when the time is up. */
  readonly late: Promise<never>
  end(): void
}

/** @param seconds - More than 0. */
export function hookLimit(name: string, seconds: number): HookLimit {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new StoreError(`The ${name} hook did not respond within ${seconds} s.`)),
      seconds * 1000,
    )
  })
  return { late, end: () => clearTimeout(timer) }
}
