import { once } from 'node:events'
import { connect } from 'node:net'

/** Writes octets as they are, and reads until the other side closes, or falls silent. */
export async function sendRaw(
  address: string,
  octets: string | Buffer,
  silentMilliseconds = 2_000,
): Promise<string> {
  const { hostname, port } = new URL(address)
  const socket = connect(Number(port), hostname)
  const chunks: Buffer[] = []
  socket.on('data', (chunk) => chunks.push(chunk))
  socket.on('error', () => {})
  socket.setTimeout(silentMilliseconds, () => socket.destroy())
  socket.write(octets)
  await once(socket, 'close')
  return Buffer.concat(chunks).toString('latin1')
}
