import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, describe, expect, it } from 'vitest'
import { temporaryDirectory } from '../../provider/test/running-provider.ts'
import { jsonHere } from './in-process.ts'

const directory = temporaryDirectory()
afterAll(() => directory.remove())

describe('import --replace', () => {
  const database = join(directory.path, 'replaced.sqlite')
  const json = jsonHere(database)
  const file = (name: string, records: readonly object[]) => {
    const path = join(directory.path, name)
    writeFileSync(path, JSON.stringify(records))
    return path
  }
  const take = (clients: object, token: object) =>
    json<object>(
      ...['import', '--create-users', '--replace', '--yes'],
      ...['--clients', file('clients.json', [{ key: 'k1', ...clients }])],
      ...['--tokens', file('tokens.json', [{ client: 'k1', token: 't1', ...token }])],
    )
  const rows = () => {
    const db = new DatabaseSync(database, { readOnly: true })
    const client = db
      .prepare(
        'select client_secret, name, default_redirect_uri, rsa_public_key, owner_id, oauth2_client_id from oauth_client',
      )
      .get()
    const token = db
      .prepare(
        'select oauth_token_secret, user_id, scope, expires_at, created_at from oauth_token_credential',
      )
      .get()
    db.close()
    return { client: { ...client }, token: { ...token } }
  }
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const rsa_public_key = publicKey.export({ type: 'spki', format: 'pem' }).toString()
  const expires_at = Math.floor(Date.now() / 1000) + 3600

  it('keeps what the file has no field for, and empties what it leaves empty', async () => {
    const client = {
      secret: 'secret-1',
      name: 'Album',
      callbacks: ['https://a.example/cb'],
      rsa_public_key,
      owner: 'developer',
      oauth2_client_id: 'album-2',
    }
    const token = { secret: 'token-1', user: 'anna', scope: 'read', expires_at, created_at: 1_580_702_706 }
    await take(client, token)
    const before = rows()
    expect(before).toMatchObject({
      client: { name: 'Album', default_redirect_uri: 'https://a.example/cb', owner_id: expect.any(Number) },
      token: { user_id: expect.any(Number), scope: 'read', expires_at, created_at: 1_580_702_706 },
    })

    expect(await take({ secret: 'secret-2' }, { secret: 'token-2' })).toMatchObject({
      clients: { replaced: 1 },
      tokens: { replaced: 1 },
    })
    expect(rows()).toEqual({
      client: { ...before.client, client_secret: 'secret-2' },
      token: { ...before.token, oauth_token_secret: 'token-2' },
    })
    // A difference in what the file does not mention is none.
    expect(await take({ secret: 'secret-2' }, { secret: 'token-2' })).toMatchObject({
      clients: { unchanged: 1 },
      tokens: { unchanged: 1 },
    })

    // The client keeps its secret when only its RSA key is in the file.
    await take({ rsa_public_key, name: 'Photos' }, { secret: 'token-2' })
    await take({ rsa_public_key, callbacks: 'https://b.example/cb' }, { secret: 'token-2' })
    expect(rows().client).toEqual({
      ...before.client,
      client_secret: 'secret-2',
      default_redirect_uri: 'https://b.example/cb',
    })

    await take(
      { secret: 'secret-3', name: '', callbacks: '', rsa_public_key: '', owner: null },
      { secret: 'token-3', user: '', scope: '', expires_at: null },
    )
    expect(rows()).toMatchObject({
      client: { name: 'k1', default_redirect_uri: '', rsa_public_key: null, owner_id: null },
      token: { user_id: null, scope: null, expires_at: null, created_at: 1_580_702_706 },
    })
  })
})
