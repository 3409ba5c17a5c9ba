import { isIP } from 'node:net'
import { proxies } from '../settings/trusted-proxies.ts'
import { networkOf } from './network.ts'

/** The other end of a connection, and what it says of its request. */
export interface Peer {
  readonly address: string | undefined
  /** The value of a header that is named in lower case; several are joined by commas. */
  header(name: string): string | undefined
}

/** Where addresses of clients are found. */
export interface AddressSettings {
  /** The public origin, set behind a proxy. */
  readonly origin: string | undefined
  /** The header that the proxy writes the address in; without it no header is believed. */
  readonly clientAddressHeader: string | undefined
  /** The only ones whose header is believed; without any, everyone is believed who connects. */
  readonly trustedProxies: readonly string[]
  /** Set where this process speaks https itself, and so to the clients. */
  readonly tlsCertificateFile?: string | undefined
}

/** Returns the network that a request comes from; undefined where this process cannot know it. */
export function peerNetwork(settings: AddressSettings): (peer: Peer) => string | undefined {
  const addressOf = clientAddress(settings)
  return (peer) => {
    const address = addressOf(peer)
    return address === undefined ? undefined : networkOf(address)
  }
}

/** Whether a request comes through one of the trusted proxies: what it says of the request is believed. */
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
      // A proxy appends what it sees to what it was told: the last element is its own word, anyone may have written the others.
      const last = peer.header(header)?.split(',').at(-1)?.trim() ?? ''
      return isIP(last) === 0 ? undefined : last
    }
  }
  // Behind a proxy all connections are the proxy's.
  const isDirect = origin === undefined || tlsCertificateFile !== undefined
  return isDirect ? ({ address }) => address : () => undefined
}

/**
 * Each proxy appends whom it was called by, so the list is read from its end: the first address that is not a proxy's is
 * the client's, and what stands before it is the client's own word. A caller that bypasses the proxies is the client.
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
