/**
 * Waits for a statement that carries secrets. Drivers and query builders hang the statement and its values on their
 * errors, where a log would print them: only message and code are passed on.
 */
export async function discreet<T>(statement: PromiseLike<T>): Promise<T> {
  try {
    return await statement
  } catch (error) {
    throw redacted(error)
  }
}

/** As `discreet`, for a driver that returns at once. */
export function discreetly<T>(run: () => T): T {
  try {
    return run()
  } catch (error) {
    throw redacted(error)
  }
}

function redacted(error: unknown): Error {
  // Drizzle's own message lists the values; what the driver said is its cause.
  const { message, code } = ((error as { params?: unknown }).params ? (error as Error).cause : error) as {
    message?: string
    code?: unknown
  }
  // Prisma's message begins with the call and its values, and says in the last paragraph what is wrong with them.
  const text = message?.trimEnd().split('\n\n').at(-1)
  return Object.assign(new Error(text || 'The database refused a statement.'), { code })
}
