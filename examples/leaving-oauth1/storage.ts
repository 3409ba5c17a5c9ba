import { generateKeyPairSync } from 'node:crypto'
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { Adapter, AdapterConstructor, AdapterPayload, JWK } from 'oidc-provider'

/** The OAuth 2 server's signing key, generated on its first start. */
export function signingKey(file: string): JWK {
  if (!existsSync(file)) {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    writeFileSync(
      file,
      JSON.stringify({ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256' }),
      {
        mode: 0o600,
      },
    )
  }
  return JSON.parse(readFileSync(file, 'utf8'))
}

/**
 * The storage of oidc-provider, in a SQLite file; https://github.com/panva/node-oidc-provider lists adapters for
 * others.
 */
export function adapterOver(file: string): AdapterConstructor {
  // It holds tokens: only its owner can read it.
  if (file !== ':memory:') closeSync(openSync(file, 'a', 0o600))
  const db = new DatabaseSync(file)
  db.exec(`
    pragma journal_mode = wal;
    create table if not exists entry (model text, id text, payload text, uid text, user_code text, grant_id text,
      expires_at integer, primary key (model, id)) without rowid;
    create index if not exists entry_grant on entry (model, grant_id);
    create index if not exists entry_expires on entry (expires_at);
  `)
  const now = () => Math.floor(Date.now() / 1000)
  const write = db.prepare('insert or replace into entry values (?, ?, ?, ?, ?, ?, ?)')
  const sweep = db.prepare('delete from entry where expires_at <= ?')
  setInterval(() => sweep.run(now()), 60_000).unref()
  const read = (column: 'id' | 'uid' | 'user_code') => {
    const found = db.prepare(
      `select payload from entry where model = ? and ${column} = ? and (expires_at is null or expires_at > ?)`,
    )
    return (model: string, value: string): AdapterPayload | undefined => {
      const row = found.get(model, value, now())
      return row && JSON.parse(String(row['payload']))
    }
  }
  const [byId, byUid, byUserCode] = [read('id'), read('uid'), read('user_code')]
  const consume = db.prepare(
    `update entry set payload = json_set(payload, '$.consumed', ?) where model = ? and id = ?`,
  )
  const destroy = db.prepare('delete from entry where model = ? and id = ?')
  const revoke = db.prepare('delete from entry where model = ? and grant_id = ?')

  return class implements Adapter {
    readonly model: string
    constructor(model: string) {
      this.model = model
    }
    async upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
      const { uid = null, userCode = null, grantId = null } = payload
      const expiresAt = expiresIn === undefined ? null : now() + expiresIn
      write.run(this.model, id, JSON.stringify(payload), uid, userCode, grantId, expiresAt)
    }
    async find(id: string): Promise<AdapterPayload | undefined> {
      return byId(this.model, id)
    }
    async findByUid(uid: string): Promise<AdapterPayload | undefined> {
      return byUid(this.model, uid)
    }
    async findByUserCode(userCode: string): Promise<AdapterPayload | undefined> {
      return byUserCode(this.model, userCode)
    }
    async consume(id: string): Promise<void> {
      consume.run(now(), this.model, id)
    }
    async destroy(id: string): Promise<void> {
      destroy.run(this.model, id)
    }
    async revokeByGrantId(grantId: string): Promise<void> {
      revoke.run(this.model, grantId)
    }
  }
}
