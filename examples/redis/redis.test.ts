import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { TestClient } from 'countersign/testing'
import { Redis } from 'ioredis'
import { afterAll, expect, it } from 'vitest'
import { available } from '../../packages/countersign/test/services.ts'
import { startRedis } from '../../packages/countersign/test/stores/private-server.ts'
import { drive } from '../drive.ts'
import { start } from '../start.ts'

if (await available('redis-server')) {
  const redis = await startRedis()
  const folder = await mkdtemp(join(tmpdir(), 'countersign-example-'))
  process.env['REDIS_URL'] = `redis://127.0.0.1:${redis.port}`
  process.env['DATABASE'] = join(folder, 'oauth.db')
  const app = await start(import.meta.dirname, { flags: ['--conditions=countersign-source'] })
  afterAll(async () => {
    await app.stop()
    await redis.close()
    await rm(folder, { recursive: true, force: true })
  })

  it('the Redis example goes through the whole flow with a real client', () => drive(app.origin))

  it('keeps what lives for minutes in Redis, each with its end, and tokens in SQL', async () => {
    const observer = new Redis(redis.port)
    const keys = await observer.keys('*')
    expect(new Set(keys.map((key) => key.split(':')[1]))).toEqual(new Set(['nonce', 'grant']))
    for (const key of keys) expect(await observer.ttl(key)).toBeGreaterThan(0)
    observer.disconnect()
    const database = new DatabaseSync(process.env['DATABASE'] as string)
    const tables = database.prepare("select name from sqlite_master where type = 'table' order by name").all()
    expect(tables.map(({ name }) => name)).toEqual(['oauth_client', 'oauth_token_credential'])
    expect(database.prepare('select count(*) as tokens from oauth_token_credential').get()).toEqual({
      tokens: 1,
    })
    database.close()
  })

  it('a revoked token is refused at once, though it was remembered', async () => {
    const database = new DatabaseSync(process.env['DATABASE'] as string)
    const row = database.prepare('select oauth_token, oauth_token_secret from oauth_token_credential').get()
    database.close()
    const token = {
      oauthToken: String(row?.['oauth_token']),
      oauthTokenSecret: String(row?.['oauth_token_secret']),
    }
    const demo = { clientId: 'demo', clientSecret: 'demo-secret', token, origin: app.origin }
    const send = (method: string, path: string) => new TestClient(demo).fetch(path, { method })
    expect((await send('GET', '/api/me')).status).toBe(200)
    expect((await send('DELETE', '/api/token')).status).toBe(204)
    expect((await send('GET', '/api/me')).status).toBe(401)
  })
}
