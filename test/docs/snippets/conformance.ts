import { readTarget, runConformance } from '@countersign/conformance'
import { createProvider } from '@countersign/provider'

const provider = await createProvider({
  port: 0,
  database: ':memory:',
  logLevel: 'silent',
  users: [{ name: 'anna', password: 'correct horse battery' }],
  clients: [{ key: 'album', secret: 'album-secret' }],
})
const target = readTarget({
  base: provider.address,
  client: { key: 'album', secret: 'album-secret' },
  user: { name: 'anna', password: 'correct horse battery' },
})
const report = await runConformance(target, { only: ['flow'] })
const failed = report.results.filter((result) => result.outcome === 'failed')
console.log(report.counts, failed)
await provider.close()

if (failed.length > 0 || report.counts.passed === 0) throw new Error('The suite does not pass.')
