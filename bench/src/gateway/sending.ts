import { connect } from 'node:net'

/**
 * Sends prepared requests over one connection, one after the other, until none is left, and records the milliseconds of
 * each. Of a response, it reads only the status and the length.
 */
export function sendAll(address: string, prepared: string[], times: number[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: Number(new URL(address).port), host: '127.0.0.1', noDelay: true })
    let received = ''
    let start = 0
    const next = () => {
      const request = prepared.pop()
      if (request === undefined) {
        socket.destroy()
        return resolve()
      }
      received = ''
      start = performance.now()
      return socket.write(request, 'latin1')
    }
    socket.setEncoding('latin1').on('connect', next).on('error', reject)
    socket.on('close', () => reject(new Error('The connection was closed.')))
    socket.on('data', (text) => {
      received += text
      if (!isWhole(received)) return
      times.push(performance.now() - start)
      if (received.startsWith('HTTP/1.1 200 ')) next()
      else reject(new Error(`The response was ${received.slice(0, 500)}`))
    })
  })
}

function isWhole(received: string): boolean {
  const end = received.indexOf('\r\n\r\n')
  if (end < 0) return false
  const length = /\r\ncontent-length: (\d+)/i.exec(received.slice(0, end))?.[1]
  return received.length >= end + 4 + Number(length ?? 0)
}
