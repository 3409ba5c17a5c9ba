import { spawn, spawnSync } from 'node:child_process'
import { type Hooks, ResourceProtector } from 'countersign'
import { nonceHooks } from 'countersign/cache'
import { cachedCredentials } from 'countersign/credential-cache'
import { nodeRedisCache } from 'countersign/redis'
import { createClient } from 'redis'
import { authorizationFor } from './credentials.ts'
import { printTable } from './measure.ts'
import { sqliteStore } from './sqlite-store.ts'

const requests = 1_000
const url = 'http://photos.example.net/photos?file=vacation.jpg&size=original'

/**
 * The commands and queries of a protected request with Redis nonces and SQL tokens, counted by Redis itself and by
 * Kysely's log.
 */
export async function benchRoundTrips(): Promise<void> {
  if (spawnSync('redis-server', ['--version']).status !== 0) {
    console.log('\nSkipped: round trips (no redis-server).')
    return
  }
  const port = 40_000 + (process.pid % 10_000)
  const server = spawn('redis-server', ['--port', `${port}`, '--bind', '127.0.0.1', '--save', ''], {
    stdio: 'ignore',
  })
  const redis = createClient({ url: `redis://127.0.0.1:${port}` }).on('error', () => undefined)
  await redis.connect()

  let queries = 0
  const { db, hooks: store } = await sqliteStore(() => void queries++)

  const hooks: Hooks = { ...store, ...nonceHooks(nodeRedisCache(redis)) }
  const rows: string[][] = []
  for (const [name, using] of [
    ['Redis nonces, SQL tokens', hooks],
    ['the same with the credential cache', { ...hooks, ...cachedCredentials(hooks) }],
  ] as const) {
    const protector = new ResourceProtector({ hooks: using })
    const check = () =>
      protector.authenticate({ method: 'GET', url, headers: { authorization: authorizationFor(url) } })
    // The first request learns the names of the application's own columns, or fills the cache.
    await check()
    queries = 0
    await redis.configResetStat()
    for (let n = 0; n < requests; n++) await check()
    const statistics = await redis.info('commandstats')
    const commands = [...statistics.matchAll(/^cmdstat_(\S+?):calls=(\d+)/gm)]
      .filter(([, command]) => command !== 'config|resetstat')
      .reduce((sum, [, , calls]) => sum + Number(calls), 0)
    rows.push([name, (commands / requests).toFixed(2), (queries / requests).toFixed(2)])
  }
  printTable(
    `What ${requests} protected requests ask of the stores, for each`,
    ['', 'Redis commands', 'SQL queries'],
    rows,
  )
  await redis.close()
  await db.destroy()
  server.kill()
}
