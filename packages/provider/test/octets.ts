import { connect } from 'node:net'

/** Sends these octets as they are, and returns all that comes back until the provider closes. */
export async function sendOctets(site: string, octets: string): Promise<string> {
  const { hostname, port } = new URL(site)
  const socket = connect(Number(port), hostname).setEncoding('latin1')
  socket.write(octets, 'latin1')
  let response = ''
  try {
    for await (const text of socket) response += text
  } catch {
    // A connection may be reset: what came before counts.
  }
  return response
}
