import { setTimeout as sleep } from 'node:timers/promises'
import type { Hooks, NonceRecord } from 'countersign'
import { authorization, inHeader, type PlantedFault } from './planted-fault.ts'

const keyOf = ({ clientId, oauthToken, timestamp, nonce }: NonceRecord) =>
  JSON.stringify([clientId, oauthToken, timestamp, nonce])

/** Reads, waits, then writes. */
function racyNonces(): Pick<Hooks, 'recordNonce'> {
  const seen = new Set<string>()
  return {
    async recordNonce(record) {
      if (seen.has(keyOf(record))) return false
      await sleep(25)
      seen.add(keyOf(record))
      return true
    },
  }
}

/** Nonces and timestamps. */
export const replayFaults: readonly PlantedFault[] = [
  [
    'nonces are never checked',
    'replay-protected-request',
    () => ({ hooks: () => ({ recordNonce: () => true }) }),
  ],
  [
    'nonces are read, then written',
    'replay-race',
    () => {
      const nonces = racyNonces()
      return { hooks: () => nonces }
    },
  ],
  [
    'one request a second is let through',
    'replay-same-second',
    () => {
      const seen = new Set<number>()
      const recordNonce = ({ timestamp }: NonceRecord) => !seen.has(timestamp) && seen.add(timestamp).size > 0
      return { hooks: (_, __, step) => (step === 'resource' ? { recordNonce } : {}) }
    },
  ],
  [
    'the nonce is kept without its timestamp',
    'replay-other-timestamp',
    () => ({
      hooks: (honest) => ({ recordNonce: (record) => honest.recordNonce({ ...record, timestamp: 1 }) }),
    }),
  ],
  [
    'the nonce is kept without its token',
    'replay-other-token',
    () => ({
      hooks: (honest) => ({ recordNonce: (record) => honest.recordNonce({ ...record, oauthToken: '' }) }),
    }),
  ],
  [
    'the nonce is recorded before the signature is checked',
    'replay-spent-by-stranger',
    () => {
      const seen = new Set<string>()
      return {
        respond(http, step) {
          const { oauth_nonce: nonce } =
            step === 'resource' && /oauth_nonce="[0-9a-f]{24}"/.test(authorization(http))
              ? inHeader(http)
              : {}
          if (nonce === undefined) return undefined
          if (seen.has(nonce)) return { status: 401, headers: { 'www-authenticate': 'OAuth' }, body: '' }
          seen.add(nonce)
          return undefined
        },
      }
    },
  ],
  [
    'only old timestamps are refused',
    'timestamps-future',
    () => ({
      options: (http) => {
        const ahead =
          Number(/oauth_timestamp="(\d{1,12})"/.exec(authorization(http))?.[1] ?? 0) > Date.now() / 1000
        return ahead ? { timestampWindowSeconds: 31_536_000 } : {}
      },
    }),
  ],
  [
    'timestamps of a year count as fresh',
    'timestamps-past',
    () => ({ options: () => ({ timestampWindowSeconds: 31_536_000 }) }),
  ],
]
