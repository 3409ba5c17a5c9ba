import { isIP } from 'node:net'
import { proxies } from '../settings/trusted-proxies.ts'
import { networkOf } from './network.ts'

/** The peer of a connection, and its request's headers. */
export interface Peer {
  readonly address: string | undefined
  /** The value of a header, named in lower case; several are joined by commas. */
  header(name: string): string | undefined
}

/** Where to find the addresses of clients. */
export interface AddressSettings {
  /** The public origin, set behind a proxy. */
  readonly origin: string | undefined
  /** The header in which the proxy writes the address; without it, no header is believed. */
  readonly clientAddressHeader: string | undefined
  /** The only proxies whose header is believed; without any, every peer is believed. */
  readonly trustedProxies: readonly string[]
  /** Set if this process speaks https itself, directly to clients. */
  readonly tlsCertificateFile?: string | undefined
}

/** Returns the network that a request comes from; undefined if this process cannot know it. */
export function peerNetwork(settings: AddressSettings): (peer: Peer) => string | undefined {
  const addressOf = clientAddress(settings)
  return (peer) => {
    const address = addressOf(peer)
    return address === undefined ? undefined : networkOf(address)
  }
}

/** Whether a request comes through one of the trusted proxies: what the proxy says about the request is believed. */
export function isTrustedPeer({
  trustedProxies,
}: Pick<AddressSettings, 'trustedProxies'>): (peer: Peer) => boolean {
  if (trustedProxies.length === 0) return () => false
  const isProxy = proxies(trustedProxies)
  return ({ address }) => isProxy(address ?? '')
}

/** Returns the address of the client, which may be behind proxies. */
export function clientAddress({
  origin,
  clientAddressHeader: header,
  trustedProxies,
  tlsCertificateFile,
}: AddressSettings): (peer: Peer) => string | undefined {
  if (trustedProxies.length > 0) return addressPastProxies(header, trustedProxies)
  if (header !== undefined) {
    return (peer) => {
      // A proxy appends the address it sees to those it received: only the last one is its own; anyone may have written
      // the others.
      const last = peer.header(header)?.split(',').at(-1)?.trim() ?? ''
      return isIP(last) === 0 ? undefined : last
    }
  }
  // Behind a proxy, every connection is the proxy's.
  const isDirect = origin === undefined || tlsCertificateFile !== undefined
  return isDirect ? ({ address }) => address : () => undefined
}

/**
 * Each proxy appends its caller's address, so the list is read from its end: the first address that is not a proxy's is
 * the client's, and the client may have written anything before it. A caller that bypasses the proxies is the client.
 */
function addressPastProxies(
  header: string | undefined,
  entries: readonly string[],
): (peer: Peer) => string | undefined {
  const isProxy = proxies(entries)
  return (peer) => {
    const { address } = peer
    if (address === undefined || !isProxy(address)) return address
    const hops = (header === undefined ? '' : (peer.header(header) ?? '')).split(',').map((hop) => hop.trim())
    const client = hops.findLast((hop) => !isProxy(hop)) ?? hops[0] ?? ''
    return isIP(client) === 0 ? undefined : client
  }
}
