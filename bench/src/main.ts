// `npm run bench` prints everything; `npm run bench check` `load`, `lookups`, `round-trips`, `memory` or `parsers` one part.
import { benchCheck } from './check.ts'
import { benchLoad } from './load.ts'
import { benchLookups } from './lookups.ts'
import { benchMemory } from './memory-per-nonce.ts'
import { benchParsers } from './parsers.ts'
import { benchRoundTrips } from './round-trips.ts'

const parts = {
  check: benchCheck,
  load: benchLoad,
  lookups: benchLookups,
  'round-trips': benchRoundTrips,
  memory: benchMemory,
  parsers: benchParsers,
}
const asked = process.argv.slice(2)
for (const [name, bench] of Object.entries(parts))
  if (asked.length === 0 || asked.includes(name)) await bench()
