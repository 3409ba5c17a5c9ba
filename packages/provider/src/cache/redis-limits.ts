import type { SharedLimits } from '../limits/shared-limits.ts'
import { sha256 } from '../random.ts'
import type { SharedRedis } from './redis.ts'

/** The counts that processes share in Redis. Names and addresses are stored only as digests. */
export function redisLimits(redis: SharedRedis): SharedLimits {
  const keyOf = (key: string) => `limit:${sha256(key)}`
  const placesOf = (key: string) => `places:${sha256(key)}`
  return {
    async add(key, windowSeconds) {
      return counted(await redis.run(addScript, [keyOf(key)], [windowSeconds]))
    },
    async read(key) {
      return counted(await redis.run(readScript, [keyOf(key)], []))
    },
    async enter(key, { limit, id, holdSeconds }) {
      const keys = [keyOf(key), placesOf(key)]
      const reply = Number(await redis.run(enterScript, keys, [limit, id, holdSeconds]))
      if (reply === 0) return 'entered'
      return reply === -1 ? 'busy' : reply
    },
    async leave(key, id, isRight, windowSeconds) {
      const outcome = isRight === undefined ? 'none' : isRight ? 'right' : 'wrong'
      await redis.run(leaveScript, [keyOf(key), placesOf(key)], [id, outcome, windowSeconds])
    },
    async turn(key, spacingSeconds, longestSeconds) {
      const times = [spacingSeconds * 1_000, longestSeconds * 1_000]
      const milliseconds = Number(await redis.run(turnScript, [`turn:${sha256(key)}`], times))
      return milliseconds < 0 ? undefined : milliseconds / 1_000
    },
  }
}

function counted(reply: unknown) {
  const [count, milliseconds] = reply as [number, number]
  return { count, secondsLeft: Math.max(0, Math.ceil(milliseconds / 1_000)) }
}

const addScript = `
local count = redis.call('incr', KEYS[1])
if count == 1 then redis.call('expire', KEYS[1], ARGV[1]) end
return { count, redis.call('pttl', KEYS[1]) }`

const readScript = `
return { tonumber(redis.call('get', KEYS[1]) or '0'), redis.call('pttl', KEYS[1]) }`

/** By Redis's own clock: the processes' clocks may differ. */
const clock = `
local time = redis.call('time')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`

/** 0: entered, -1: busy, else the seconds to wait. */
const enterScript = `${clock}
local limit, id, hold = tonumber(ARGV[1]), ARGV[2], ARGV[3] * 1000
local failed = tonumber(redis.call('get', KEYS[1]) or '0')
if failed >= limit then return math.max(1, redis.call('ttl', KEYS[1])) end
redis.call('zremrangebyscore', KEYS[2], '-inf', now)
if failed + redis.call('zcard', KEYS[2]) >= limit then return -1 end
redis.call('zadd', KEYS[2], now + hold, id)
redis.call('pexpire', KEYS[2], hold)
return 0`

const leaveScript = `
redis.call('zrem', KEYS[2], ARGV[1])
if ARGV[2] == 'right' then redis.call('del', KEYS[1]) end
if ARGV[2] == 'wrong' and redis.call('incr', KEYS[1]) == 1 then redis.call('expire', KEYS[1], ARGV[3]) end
return 0`

const turnScript = `${clock}
local spacing, longest = tonumber(ARGV[1]), tonumber(ARGV[2])
local turn = math.max(tonumber(redis.call('get', KEYS[1]) or '0'), now) + spacing
if turn - now > longest then return -1 end
redis.call('set', KEYS[1], string.format('%.0f', turn), 'px', longest)
return turn - now`
