import { setTimeout } from 'node:timers/promises'
import { expect, it, vi } from 'vitest'
import { openDatabase } from '../src/database/database.ts'
import { createLog } from '../src/telemetry/log.ts'
import { startUpkeep } from '../src/upkeep.ts'

it('a provider that is closed during its upkeep closes the database after it, and logs no failure', async () => {
  const db = await openDatabase(':memory:')
  const log = createLog('silent')
  const failed = vi.spyOn(log, 'error')
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  const stop = startUpkeep(db, log)
  vi.advanceTimersByTime(60_000)
  vi.useRealTimers()
  await stop()
  await db.destroy()
  await setTimeout(10)
  expect(failed).not.toHaveBeenCalled()
})
