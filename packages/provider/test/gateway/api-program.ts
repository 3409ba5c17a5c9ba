/**
 * An API as a process of its own. Arguments: a port, or 0 for a free one, and the file of its log. It prints its port. Of
 * each request the log says when it began, and its length and hash when it was complete, before there is a response: a
 * process that is killed leaves what it wrote.
 */
import { createHash } from 'node:crypto'
import { appendFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import process from 'node:process'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { itemBody } from './api-process.ts'

const [port = '0', logFile = ''] = process.argv.slice(2)
const piece = Buffer.alloc(65_536, 'x')

const server = createServer(async (req, res) => {
  const path = req.url ?? ''
  log('begin', path)
  const hash = createHash('sha1')
  let length = 0
  try {
    for await (const chunk of req) {
      hash.update(chunk)
      length += chunk.length
    }
    log('complete', path, String(length), hash.digest('base64'))
    await respond(req, res)
  } catch {
    // Whoever sent it left. The log has the beginning alone.
    res.destroy()
  }
})
server.listen(Number(port), '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`)
})
// It never outlives the test that started it.
process.stdin.on('end', () => process.exit()).resume()

async function respond(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const [, octets] = /^\/download\/(\d+)$/.exec(req.url ?? '') ?? []
  if (octets !== undefined) {
    res.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': octets })
    return pipeline(Readable.from(pieces(Number(octets))), res)
  }
  const body = itemBody(req.url ?? '')
  // With its length, or in chunks.
  if (req.method === 'POST') res.setHeader('content-length', body.length)
  const middle = body.length / 2
  res.write(body.slice(0, middle))
  // Time to be killed in.
  await sleep(10)
  res.end(body.slice(middle))
}

function* pieces(octets: number): Generator<Buffer> {
  for (let left = octets; left > 0; left -= piece.length)
    yield piece.subarray(0, Math.min(left, piece.length))
}

function log(...words: string[]): void {
  appendFileSync(logFile, `${words.join(' ')}\n`)
}
