import { BlockList, isIP } from 'node:net'

/** Names for networks that only local machines can be in. */
const named: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1'],
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7', 'fe80::/10'],
}

/** Whether an address belongs to one of the proxies in front. */
export type IsProxy = (address: string) => boolean

/** The fault of an entry of the list; undefined if it is valid. */
export function proxyFault(entry: string): string | undefined {
  if (Object.hasOwn(named, entry) || isIP(entry) !== 0) return undefined
  const [, address = '', bits = ''] = /^([^/]+)\/(\d{1,3})$/.exec(entry) ?? []
  const family = isIP(address)
  if (family !== 0 && Number(bits) <= (family === 4 ? 32 : 128)) return undefined
  return `must be addresses or networks such as 192.0.2.1, 10.0.0.0/8 or fd00::/8, or loopback or private; ${JSON.stringify(entry.slice(0, 100))} is none`
}

/** Whether a valid entry covers more of the public internet than anyone's proxies. */
export function isWideNetwork(entry: string): boolean {
  const [address = '', bits] = entry.split('/')
  return (
    bits !== undefined && Number(bits) < (isIP(address) === 6 ? 16 : 8) && !named['private']?.includes(entry)
  )
}

/** @param entries - Addresses, networks (`10.0.0.0/8`), `loopback` and `private`, all valid. */
export function proxies(entries: readonly string[]): IsProxy {
  const list = new BlockList()
  for (const entry of entries.flatMap((each) => named[each] ?? [each])) {
    const [address = '', bits] = entry.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  // An IPv4 address written as IPv6, as in dual-stack sockets, is checked as IPv4.
  return (address) => {
    const [plain = ''] = address.split('%', 1)
    const family = isIP(plain)
    return family !== 0 && list.check(plain, family === 6 ? 'ipv6' : 'ipv4')
  }
}
