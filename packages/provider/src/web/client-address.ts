import { isIP } from 'node:net'
import { getConnInfo } from '@hono/node-server/conninfo'
import type { Context } from 'hono'

/** Answers the address that a request comes from; undefined where this process cannot know it. */
export type AddressOf = (c: Context) => string | undefined

/**
 * @param origin - The public origin, set behind a proxy.
 * @param header - The header that the proxy writes the address in; without it no header is believed.
 */
export function clientAddress(origin: string | undefined, header: string | undefined): AddressOf {
  if (header !== undefined) {
    return (c) => {
      // A proxy appends what it sees to what it was told: the last element is its own word, the others are anybody's.
      const last = c.req.header(header)?.split(',').at(-1)?.trim() ?? ''
      return isIP(last) === 0 ? undefined : last
    }
  }
  // Behind a proxy all connections are the proxy's.
  return origin === undefined ? (c) => getConnInfo(c).remote.address : () => undefined
}
