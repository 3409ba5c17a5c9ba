import { setImmediate } from 'node:timers/promises'

/**
 * Runs a job periodically, and again at once while it returns that there may be more; never twice at a time. Returns a
 * function that stops it, once the current run is done.
 */
export function repeatedWork(
  milliseconds: number,
  piece: () => Promise<boolean>,
  failed: (error: unknown) => void,
): () => Promise<void> {
  let running: Promise<void> | undefined
  let ended = false
  const run = async () => {
    try {
      while (!ended && (await piece())) await setImmediate()
    } catch (error) {
      failed(error)
    } finally {
      running = undefined
    }
  }
  const timer = setInterval(() => {
    running ??= run()
  }, milliseconds)
  timer.unref()
  return async () => {
    ended = true
    clearInterval(timer)
    await running
  }
}
