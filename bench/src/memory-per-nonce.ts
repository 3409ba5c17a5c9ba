// node --expose-gc --conditions=countersign-source bench/src/memory-per-nonce.ts

import { randomBytes } from 'node:crypto'
import { nonceHooks } from 'countersign/cache'
import { memoryCache } from 'countersign/memory'

const count = 1_000_000
const collect = globalThis.gc
if (collect === undefined) throw new Error('Run this with node --expose-gc.')

/** Heap and buffers, after everything that can go has gone. */
function used(collectGarbage: NodeJS.GCFunction): number {
  for (let round = 0; round < 3; round++) void collectGarbage({ execution: 'sync' })
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

const { recordNonce } = nonceHooks(memoryCache({ maxEntries: count }))
const oauthToken = randomBytes(32).toString('base64url').slice(0, 42)
const now = Math.floor(Date.now() / 1000)
// One nonce before the measurement, so that code and caches of the engine do not count.
await recordNonce({ clientId: 'a', oauthToken, timestamp: now, nonce: 'first', expiresAt: now + 301 })
const before = used(collect)
const start = performance.now()
for (let n = 1; n < count; n++) {
  // Requests arrive over the whole window, and each client makes nonces of its own.
  const timestamp = now - 300 + (n % 600)
  const record = {
    clientId: `client-${n % 1000}`,
    oauthToken,
    timestamp,
    nonce: randomBytes(12).toString('base64url'),
  }
  if ((await recordNonce({ ...record, expiresAt: timestamp + 601 })) !== true)
    throw new Error('A new nonce was refused.')
}
const microseconds = ((performance.now() - start) * 1000) / count
const bytes = (used(collect) - before) / count
console.log(
  `${count} nonces in memory: ${bytes.toFixed(1)} bytes each (${microseconds.toFixed(2)} us each to record)`,
)
// The hooks are still in use here, so that the collector could not take them before.
const last = { clientId: 'a', oauthToken, timestamp: now, nonce: 'first', expiresAt: now + 301 }
if ((await recordNonce(last)) !== false) throw new Error('A nonce was forgotten.')
