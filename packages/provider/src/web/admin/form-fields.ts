import type { Context } from 'hono'
import type { WebEnv } from '../http/session.ts'

/** Reads a query; an empty value counts as absent. */
export function asked(c: Context<WebEnv>, name: string): string | undefined {
  return c.req.query(name)?.slice(0, 512).trim() || undefined
}

/** Reads the fields of a posted form; a missing one is the empty string. */
export async function posted(c: Context<WebEnv>): Promise<(name: string) => string> {
  const form = await c.req.parseBody()
  return (name) => {
    const value = form[name]
    return typeof value === 'string' ? value : ''
  }
}

/** One of several values; undefined for any other. */
export function oneOf<V extends string>(values: readonly V[], given: string | undefined): V | undefined {
  return values.find((value) => value === given)
}
