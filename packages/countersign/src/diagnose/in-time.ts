/**
 * The result of a promise, if it settles in time.
 *
 * @param seconds - 0 waits forever.
 * @throws Error if it is late.
 */
export async function inTime<R>(work: PromiseLike<R>, seconds: number): Promise<R> {
  if (seconds === 0) return work
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`There was no result within ${seconds} s.`)), seconds * 1000)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
