// `npm run bench` prints everything but the soak; `npm run bench check` `load`, `lookups`, `round-trips`, `memory`,
// `parsers`, `diagnosis`, `processes`, `flood`, `gateway` or `exchanges` one part, and
// `npm run bench soak -- --minutes 60` the soak. `check --bounds`, `load --bounds`, `gateway --bounds` and
// `soak --bounds` fail if a figure is worse than a generous bound.
import { parseArgs } from 'node:util'
import { benchCheck, boundCheck } from './check.ts'
import { benchDiagnosis } from './diagnosis.ts'
import { benchExchanges } from './exchanges.ts'
import { benchGateway, boundGateway } from './gateway/gateway.ts'
import { benchLoad, boundLoad } from './load.ts'
import { benchLookups } from './lookups.ts'
import { benchMemory } from './memory-per-nonce.ts'
import { benchParsers } from './parsers.ts'
import { benchFlood } from './provider/flood.ts'
import { benchProcesses } from './provider/processes.ts'
import { benchSoak } from './provider/soak.ts'
import { benchRoundTrips } from './round-trips.ts'

const { values, positionals: names } = parseArgs({
  allowPositionals: true,
  options: { bounds: { type: 'boolean', default: false }, minutes: { type: 'string', default: '2' } },
})
const parts = {
  check: benchCheck,
  load: benchLoad,
  lookups: benchLookups,
  'round-trips': benchRoundTrips,
  memory: benchMemory,
  parsers: benchParsers,
  diagnosis: benchDiagnosis,
  processes: benchProcesses,
  flood: benchFlood,
  gateway: benchGateway,
  exchanges: benchExchanges,
}
const bounds = { check: boundCheck, load: boundLoad, gateway: boundGateway }
for (const [name, bench] of Object.entries(values.bounds ? bounds : parts))
  if (names.length === 0 || names.includes(name)) await bench()
if (names.includes('soak')) await benchSoak(Number(values.minutes), values.bounds)
