import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { requireOAuth } from 'countersign/node'
import { expect, it, vi } from 'vitest'
import { App } from './app.ts'
import { listen } from './listen.ts'

it('node:http: who leaves in the middle of a form neither stops the process nor fills its log', async () => {
  const log = vi.spyOn(console, 'error').mockImplementation(() => {})
  const protect = requireOAuth(new App().protector)((_req, res) => res.end())
  const ends: Promise<void>[] = []
  const { base, close } = await listen(createServer((req, res) => void ends.push(protect(req, res))))
  const { hostname, port } = new URL(base)
  const socket = connect(Number(port), hostname)
  const head = ['POST / HTTP/1.1', 'Host: h', 'Expect: 100-continue', 'Content-Length: 300']
  socket.write(`${head.join('\r\n')}\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n`)
  // Now it is being read.
  await once(socket, 'data')
  socket.resetAndDestroy()
  await once(socket, 'close')
  await Promise.all(ends)
  expect(ends).toHaveLength(1)
  expect(log).not.toHaveBeenCalled()
  log.mockRestore()
  await close()
})
