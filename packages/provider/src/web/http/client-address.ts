import { getConnInfo } from '@hono/node-server/conninfo'
import type { Context } from 'hono'
import { type AddressSettings, isTrustedPeer, type Peer, peerNetwork } from '../../requests/client-address.ts'

/** Returns the network that a request comes from; undefined if this process cannot know it. */
export type NetworkOf = (c: Context) => string | undefined

export function clientNetwork(settings: AddressSettings): NetworkOf {
  const network = peerNetwork(settings)
  return (c) => network(peerOf(c))
}

/** Whether a request comes through one of the trusted proxies: what the proxy says about the request is believed. */
export function fromTrustedProxy(settings: Pick<AddressSettings, 'trustedProxies'>): (c: Context) => boolean {
  const isTrusted = isTrustedPeer(settings)
  return (c) => isTrusted(peerOf(c))
}

function peerOf(c: Context): Peer {
  return { address: getConnInfo(c).remote.address, header: (name) => c.req.header(name) }
}
