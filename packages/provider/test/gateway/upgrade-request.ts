import type { Keys } from '../../../../test/support/third-party.ts'
import { ThirdParty } from '../../../../test/support/third-party.ts'
import { client } from './setting.ts'

const thirdParty = new ThirdParty(client)

/** The head of a signed request for a WebSocket. */
export function upgradeRequest(
  { address, token }: { readonly address: string; readonly token: Keys },
  path: string,
): string {
  const lines = [
    ...[
      `GET ${path} HTTP/1.1`,
      `Host: ${new URL(address).host}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
    ],
    ...['Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='],
    `Authorization: ${thirdParty.authorization('GET', address + path, { token })}`,
  ]
  return `${lines.join('\r\n')}\r\n\r\n`
}

/** How an upstream agrees to a WebSocket. */
export const switching =
  'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: x\r\n\r\n'
