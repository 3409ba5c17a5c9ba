import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { expect, it } from 'vitest'
import { RedisHealth } from '../src/cache/redis-health.ts'

async function lateReply(isError: boolean): Promise<string> {
  await sleep(1_200)
  if (isError) throw new Error('MISCONF Redis is configured to save, but cannot')
  return 'OK'
}

it.each([
  ['a reply', false],
  ['an error', true],
])('commands are sent again once a late one ended with %s', async (_, isError) => {
  const lines: string[] = []
  const health = new RedisHealth(pino({ base: null }, { write: (line) => lines.push(JSON.parse(line).msg) }))
  const late = lateReply(isError)
  await expect(health.bounded(() => late)).rejects.toThrow('did not reply within 1000 ms')
  await expect(health.bounded(async () => 'not sent')).rejects.toThrow('does not respond')
  await late.catch(() => {})
  expect(await health.bounded(async () => 'PONG')).toBe('PONG')
  expect(lines).toEqual(['Redis cannot be reached', 'Redis can be reached again'])
})
