// The size of each entry of the library in a bundle, minified and compressed by gzip, without its peers.
// `node scripts/size.mjs` prints a table and fails if one exceeds its bound; `--modules` adds the largest files of the
// core.
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { rolldown } from 'rolldown'

const source = join(resolve(import.meta.dirname, '..'), 'packages/countersign/src')

/**
 * What an application imports, and its bound in kB (1000 octets). Entries include the part of the core that they use.
 */
const entries = {
  core: ["import { AuthorizationServer, ResourceProtector } from './index.ts'", 28.7],
  'ResourceProtector alone': ["import { ResourceProtector } from './index.ts'", 22.4],
  'the whole index': ["import * as all from './index.ts'", 30.5],
  memory: ["import { memoryHooks } from './stores/memory.ts'", 5.5],
  client: ["import { OAuth1Client } from './client/index.ts'", 10.5],
  diagnose: ["import { diagnoser, diagnoseSignature } from './diagnose/index.ts'", 32.5],
  // A BearerProtector is a ResourceProtector, so it includes it.
  bridge: ["import * as all from './bridge/index.ts'", 28.3],
  'TokenExchange alone': ["import { TokenExchange } from './bridge/index.ts'", 7],
  cache: ["import { nonceHooks } from './stores/cache.ts'", 2.5],
  kysely: ["import * as all from './stores/kysely.ts'", 7],
  'drizzle/pg': ["import * as all from './stores/drizzle/pg.ts'", 6],
  prisma: ["import * as all from './stores/prisma.ts'", 6],
  typeorm: ["import * as all from './stores/typeorm.ts'", 6],
  redis: ["import * as all from './stores/redis.ts'", 1.5],
  memcached: ["import * as all from './stores/memcached.ts'", 2],
  sealed: ["import * as all from './stores/sealed.ts'", 4],
  'credential-cache': ["import * as all from './stores/credential-cache.ts'", 3],
  express: ["import * as all from './adapters/express.ts'", 9],
  fastify: ["import * as all from './adapters/fastify.ts'", 9.1],
  fetch: ["import * as all from './adapters/fetch.ts'", 7],
  hono: ["import * as all from './adapters/hono.ts'", 9.3],
  koa: ["import * as all from './adapters/koa.ts'", 8.7],
  // Nest injects servers by class, so the core is included.
  nestjs: ["import * as all from './adapters/nestjs.ts'", 35],
  node: ["import * as all from './adapters/node.ts'", 8.7],
  profiles: ["import * as all from './profiles/index.ts'", 1],
  dev: ["import * as all from './dev/consent-page.ts'", 3],
  // The client, and little more.
  testing: ["import * as all from './testing/index.ts'", 11.5],
}

/** Bundles one line of source: a call keeps its imported names in the bundle. */
async function bundle(line) {
  const names = (/\{ (.+) \}/.exec(line)?.[1] ?? 'all').split(', ')
  const entry = join(source, 'size-entry.ts')
  const build = await rolldown({
    input: entry,
    platform: 'node',
    // A peer, or a module of Node.
    external: (id) => !id.startsWith('.') && !id.startsWith('/'),
    plugins: [
      {
        name: 'size-entry',
        resolveId: (id) => (id === entry ? id : undefined),
        load: (id) => (id === entry ? `${line}\nglobalThis.used = [${names.join(', ')}]` : undefined),
      },
    ],
    onLog(level, log) {
      if (level === 'warn') throw new Error(log.message)
    },
  })
  const { output } = await build.generate({ format: 'esm', minify: true, codeSplitting: false })
  await build.close()
  return output[0]
}

const kB = (octets) => (octets / 1000).toFixed(1)
const tooLarge = []
console.log('| | minified, kB | and gzip, kB | at most |\n| --- | ---: | ---: | ---: |')
for (const [name, [line, bound]] of Object.entries(entries)) {
  const { code, modules } = await bundle(line)
  const size = gzipSync(code, { level: 9 }).length
  console.log(`| ${name} | ${kB(code.length)} | ${kB(size)} | ${bound} |`)
  if (size > bound * 1000) tooLarge.push(`${name} is ${kB(size)} kB; ${bound} is the bound.`)
  if (name === 'core' && process.argv.includes('--modules')) {
    const rendered = Object.entries(modules).map(([file, { code: text }]) => [file, text?.length ?? 0])
    for (const [file, length] of rendered.sort((a, b) => b[1] - a[1]).slice(0, 25))
      console.log(`| — ${file.slice(source.length + 1)} | ${kB(length)} before minification | | |`)
  }
}
if (tooLarge.length > 0) {
  console.error(tooLarge.join('\n'))
  process.exitCode = 1
}
