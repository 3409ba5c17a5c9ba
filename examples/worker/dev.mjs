// Runs the Worker on this machine, as `npx wrangler dev` does: bundled, in workerd, over a fresh D1 database.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { Miniflare } from 'miniflare'
import { rolldown } from 'rolldown'

const folder = import.meta.dirname
const bundle = await rolldown({
  input: join(folder, 'worker.ts'),
  external: /^(node|cloudflare):/,
  platform: 'neutral',
  resolve: { conditionNames: ['workerd', 'worker', ...process.argv.slice(2), 'import', 'default'] },
})
const { output } = await bundle.generate({ format: 'es' })

const options = {
  modules: [{ type: 'ESModule', path: 'worker.mjs', contents: output[0].code }],
  compatibilityDate: '2026-01-01',
  compatibilityFlags: ['nodejs_compat'],
  d1Databases: { DB: 'oauth' },
  bindings: { OAUTH1_INSECURE_TRANSPORT: process.env.OAUTH1_INSECURE_TRANSPORT },
  host: '127.0.0.1',
}

// The tables first, then the address that clients know.
const worker = new Miniflare({ ...options, port: 0 })
const database = await worker.getD1Database('DB')
const schema = await readFile(join(folder, 'schema.sql'), 'utf8')
for (const statement of schema.replace(/^--.*$/gm, '').split(';')) {
  if (statement.trim()) await database.prepare(statement).run()
}
await worker.setOptions({ ...options, port: Number(process.env.PORT ?? 3000) })
process.once('SIGTERM', () => worker.dispose().then(() => process.exit()))
