import { randomBytes } from 'node:crypto'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { nonceHooks } from 'countersign/cache'
import { memoryCache } from 'countersign/memory'
import { printTable } from './measure.ts'

const count = 1_000_000

/** The memory of a million nonces, each from a different client. */
export async function benchMemory(): Promise<void> {
  const { recordNonce } = nonceHooks(memoryCache({ maxEntries: count }))
  const oauthToken = randomBytes(32).toString('base64url').slice(0, 42)
  const now = Math.floor(Date.now() / 1000)
  // One nonce before the measurement, so that code and caches of the engine do not count.
  const first = { clientId: 'a', oauthToken, timestamp: now, nonce: 'first', expiresAt: now + 601 }
  await recordNonce(first)
  const before = used()
  const start = performance.now()
  for (let n = 1; n < count; n++) {
    // Requests arrive over the whole window.
    const timestamp = now - 300 + (n % 600)
    const nonce = randomBytes(12).toString('base64url')
    const record = { clientId: `client-${n % 1000}`, oauthToken, timestamp, nonce }
    if ((await recordNonce({ ...record, expiresAt: timestamp + 601 })) !== true)
      throw new Error('A new nonce was refused.')
  }
  const microseconds = ((performance.now() - start) * 1000) / count
  const bytes = (used() - before) / count
  // The hooks are still in use here, so that they are not collected earlier.
  if ((await recordNonce(first)) !== false) throw new Error('A nonce was forgotten.')
  printTable(
    'Nonces in memory',
    ['', 'bytes each', 'us each to record'],
    [[`${count} nonces`, bytes.toFixed(1), microseconds.toFixed(2)]],
  )
}

/** Heap and buffers, after a full garbage collection. */
function used(): number {
  setFlagsFromString('--expose-gc')
  const collect: NodeJS.GCFunction = runInNewContext('gc')
  for (let round = 0; round < 3; round++) void collect({ execution: 'sync' })
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
