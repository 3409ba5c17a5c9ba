// `npm run bench` prints everything; `npm run bench check` `load`, `lookups`, `round-trips`, `memory`, `parsers` or `diagnosis` one part.
// `check --bounds` and `load --bounds` fail when a ratio is worse than a generous bound; their figures are rough.
import { benchCheck, boundCheck } from './check.ts'
import { benchDiagnosis } from './diagnosis.ts'
import { benchLoad, boundLoad } from './load.ts'
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
  diagnosis: benchDiagnosis,
}
const bounds = { check: boundCheck, load: boundLoad }
const asked = process.argv.slice(2)
const names = asked.filter((argument) => argument !== '--bounds')
for (const [name, bench] of Object.entries(asked.includes('--bounds') ? bounds : parts))
  if (names.length === 0 || names.includes(name)) await bench()
