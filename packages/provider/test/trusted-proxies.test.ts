import { Hono } from 'hono'
import { describe, expect, it } from 'vitest'
import type { AddressSettings } from '../src/requests/client-address.ts'
import { proxies, proxyFault } from '../src/settings/trusted-proxies.ts'
import { clientNetwork, fromTrustedProxy } from '../src/web/http/client-address.ts'

/** What this process takes for the network of a request that comes from an address, with a header. */
async function networkOf(settings: Partial<AddressSettings>, from: string, forwarded?: string) {
  const all = { origin: 'https://oauth.example.com', clientAddressHeader: undefined, trustedProxies: [] }
  const app = new Hono()
  app.get('/', (c) =>
    c.json({
      network: clientNetwork({ ...all, ...settings })(c),
      trusted: fromTrustedProxy({ ...all, ...settings })(c),
    }),
  )
  const headers: Record<string, string> = forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }
  const incoming = { socket: { remoteAddress: from, remotePort: 1, remoteFamily: 'IPv4' } }
  const response = await app.request('/', { headers }, { incoming })
  return (await response.json()) as { readonly network?: string; readonly trusted: boolean }
}

const header = { clientAddressHeader: 'x-forwarded-for' }
const behind = { ...header, trustedProxies: ['loopback', '10.0.0.0/8', '2001:db8::/32'] }

describe('the address of a client', () => {
  it.each<[string, Partial<AddressSettings>, string, string | undefined, string | undefined, boolean]>([
    [
      'is the last one that is no proxy',
      behind,
      '127.0.0.1',
      '6.6.6.6, 198.51.100.7, 10.1.2.3',
      '198.51.100.7',
      true,
    ],
    ['is the only one that the proxy saw', behind, '10.9.9.9', '198.51.100.7', '198.51.100.7', true],
    [
      'is the sender where it is no proxy, whatever it says',
      behind,
      '203.0.113.9',
      '198.51.100.7',
      '203.0.113.9',
      false,
    ],
    [
      'is found through a socket for both families',
      behind,
      '::ffff:127.0.0.1',
      '198.51.100.7',
      '198.51.100.7',
      true,
    ],
    ['is found past a proxy with IPv6', behind, '::1', '198.51.100.7, 2001:db8::5', '198.51.100.7', true],
    ['is the first hop where all are proxies', behind, '127.0.0.1', '10.0.0.2, 10.0.0.1', '10.0.0.2', true],
    ['is unknown where the proxy says nothing', behind, '127.0.0.1', undefined, undefined, true],
    [
      'is unknown where the last hop is no address',
      behind,
      '127.0.0.1',
      '198.51.100.7, unknown',
      undefined,
      true,
    ],
    [
      'is unknown behind a proxy without a header',
      { trustedProxies: ['loopback'] },
      '127.0.0.1',
      '198.51.100.7',
      undefined,
      true,
    ],
    [
      'is the last of the list where no proxies are named',
      header,
      '203.0.113.9',
      '6.6.6.6, 198.51.100.7',
      '198.51.100.7',
      false,
    ],
    ['is unknown behind a public origin alone', {}, '203.0.113.9', '198.51.100.7', undefined, false],
    [
      'is the sender without a public origin',
      { origin: undefined },
      '203.0.113.9',
      '198.51.100.7',
      '203.0.113.9',
      false,
    ],
    [
      'is the sender where this process speaks https itself',
      { tlsCertificateFile: 'a.pem' },
      '203.0.113.9',
      '198.51.100.7',
      '203.0.113.9',
      false,
    ],
  ])('%s', async (_, settings, from, forwarded, network, trusted) => {
    expect(await networkOf(settings, from, forwarded)).toEqual({ ...(network && { network }), trusted })
  })
})

describe('TRUSTED_PROXIES', () => {
  it.each([
    ['loopback', '127.8.9.1', true],
    ['loopback', '::1', true],
    ['loopback', '192.168.0.1', false],
    ['private', '172.31.255.255', true],
    ['private', '172.32.0.0', false],
    ['private', 'fd12::1', true],
    ['private', '127.0.0.1', false],
    ['192.0.2.7', '192.0.2.7', true],
    ['192.0.2.7', '::ffff:192.0.2.7', true],
    ['192.0.2.0/30', '192.0.2.4', false],
    ['2001:db8:1::/48', '2001:db8:1:ffff::', true],
    ['2001:db8:1::/48', '2001:db8:2::', false],
    ['fe80::/10', 'fe80::1%eth0', true],
    ['0.0.0.0/0', 'nonsense', false],
  ])('%s and %s: %s', (entry, address, isProxy) => {
    expect(proxyFault(entry)).toBeUndefined()
    expect(proxies([entry])(address)).toBe(isProxy)
  })

  it.each(['proxy.internal', '10.0.0.0/33', '::/129', '10.0.0/8', '10.0.0.0/', 'toString', ''])(
    'refuses %j',
    (entry) => {
      expect(proxyFault(entry)).toMatch(/^must be addresses or networks/)
    },
  )
})
