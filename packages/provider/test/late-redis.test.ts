import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { expect, it } from 'vitest'
import { openRedis } from '../src/cache/redis.ts'

const lateMilliseconds = 1_500

/** Replies in order, as Redis does; to the script `late` after a while, with an error. */
async function slowRedis() {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    let turn = Promise.resolve()
    const answer = async (command: string) => {
      if (command.includes('\r\nlate\r\n')) {
        await sleep(lateMilliseconds)
        socket.write('-MISCONF Redis is configured to save snapshots\r\n')
      } else if (/\r\nEVAL\r\n/i.test(command)) socket.write('*2\r\n$1\r\n1\r\n:0\r\n')
      else if (/\r\nINFO\r\n/i.test(command)) socket.write('$0\r\n\r\n')
      else socket.write(/\r\nPING\r\n/i.test(command) ? '+PONG\r\n' : '+OK\r\n')
    }
    socket.on('data', (octets) => {
      // A command is an array: "*3" and a line break; a script of ours has no line that begins so.
      for (const command of octets
        .toString()
        .split(/^\*(?=\d+\r\n)/m)
        .filter(Boolean))
        turn = turn.then(() => answer(command))
    })
    socket.on('error', () => {})
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

it('Redis is used again once a late command has ended, even with an error', async () => {
  const server = await slowRedis()
  const lines: string[] = []
  const log = pino({}, { write: (line: string) => lines.push(line) })
  const redis = await openRedis(server.url, { prefix: 'late:', log })
  try {
    await expect(redis.run('late', [], [])).rejects.toThrow('did not reply within 1000 ms')
    await expect(redis.ping()).rejects.toThrow('does not respond')
    await sleep(lateMilliseconds - 1_000 + 300)
    await redis.ping()
    expect(lines.join('')).toContain('Redis can be reached again')
  } finally {
    redis.close()
    server.close()
  }
})
