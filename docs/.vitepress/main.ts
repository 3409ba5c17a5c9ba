// The documentation as a site. `npm run docs` builds it and serves it on PORT, or on a free port. `npm run docs:build` only
// builds it, into docs/.vitepress/dist; with `-- --base /path/` for a host that has it below that path.
import process from 'node:process'
import { parseArgs } from 'node:util'
import { serveSite } from './server.ts'
import { buildSite, siteFolder } from './site.ts'

const [command, ...args] = process.argv.slice(2)
if (command === 'build') {
  const { values } = parseArgs({ args, options: { base: { type: 'string' } } })
  await buildSite(values.base)
} else {
  await buildSite()
  const { address } = await serveSite(siteFolder, Number(process.env['PORT'] ?? 0))
  console.log(`\nThe documentation is at ${address}/`)
}
