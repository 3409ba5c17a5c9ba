/**
 * Awaits a statement that carries secrets. Drivers and query builders attach the statement and its values to their
 * errors, where a log would print them; this passes on only message and code.
 */
export async function discreet<T>(statement: PromiseLike<T>): Promise<T> {
  try {
    return await statement
  } catch (error) {
    throw redacted(error)
  }
}

/** Like `discreet`, for a synchronous driver. */
export function discreetly<T>(run: () => T): T {
  try {
    return run()
  } catch (error) {
    throw redacted(error)
  }
}

function redacted(error: unknown): Error {
  // Drizzle's own message lists the values; the driver's error is its cause.
  const { message, code } = ((error as { params?: unknown }).params ? (error as Error).cause : error) as {
    message?: string
    code?: unknown
  }
  // Prisma's message begins with the call and its values, and says in the last paragraph what is wrong with them.
  const text = message?.trimEnd().split('\n\n').at(-1)
  return Object.assign(new Error(text || 'The database refused a statement.'), { code })
}
