import { isIP } from 'node:net'
import { getConnInfo } from '@hono/node-server/conninfo'
import type { Context } from 'hono'
import { networkOf } from './network.ts'

/** Returns the network that a request comes from; undefined where this process cannot know it. */
export type NetworkOf = (c: Context) => string | undefined

/**
 * @param origin - The public origin, set behind a proxy.
 * @param header - The header that the proxy writes the address in; without it no header is believed.
 */
export function clientNetwork(origin: string | undefined, header: string | undefined): NetworkOf {
  const addressOf = clientAddress(origin, header)
  return (c) => {
    const address = addressOf(c)
    return address === undefined ? undefined : networkOf(address)
  }
}

function clientAddress(
  origin: string | undefined,
  header: string | undefined,
): (c: Context) => string | undefined {
  if (header !== undefined) {
    return (c) => {
      // A proxy appends what it sees to what it was told: the last element is its own word, anyone may have written the others.
      const last = c.req.header(header)?.split(',').at(-1)?.trim() ?? ''
      return isIP(last) === 0 ? undefined : last
    }
  }
  // Behind a proxy all connections are the proxy's.
  return origin === undefined ? (c) => getConnInfo(c).remote.address : () => undefined
}
