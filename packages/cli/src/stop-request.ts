import process from 'node:process'

/** Ctrl-C in a terminal comes once from there and once from npm, which passes it on. */
const oneRequestMilliseconds = 3000
const watchMilliseconds = 100
const parent = process.ppid

/**
 * Until SIGINT or SIGTERM, or until the shell of an npm command ended. A later signal finds Node's own handling again
 * and ends the process at once.
 *
 * @param done - Aborted when nothing is left to stop: then it no longer listens, and never returns.
 */
export function stopRequested(done?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const listenNoMore = () => void process.off('SIGINT', stop).off('SIGTERM', stop)
    const watch = startedByNpm()
      ? setInterval(() => process.ppid !== parent && stop(), watchMilliseconds)
      : undefined
    const stop = () => {
      clearInterval(watch)
      setTimeout(listenNoMore, oneRequestMilliseconds).unref()
      resolve()
    }
    process.on('SIGINT', stop).on('SIGTERM', stop)
    done?.addEventListener('abort', () => {
      clearInterval(watch)
      listenNoMore()
    })
  })
}

/** npm passes a signal to its shell, and the shell dies of it without passing it on. */
function startedByNpm(): boolean {
  return process.env['npm_lifecycle_event'] !== undefined
}
