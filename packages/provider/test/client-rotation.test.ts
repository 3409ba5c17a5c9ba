import { generateKeyPairSync } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { signed } from '../../../test/support/signer.ts'
import { available } from '../../countersign/test/services.ts'
import {
  createDatabase,
  databaseConfig,
  removeDatabase,
} from '../../countersign/test/stores/backends/databases.ts'
import { createAccount } from '../src/accounts/accounts.ts'
import {
  changeClient,
  endPreviousSecret,
  replaceSecret,
  setClientMode,
  setClientPolicy,
} from '../src/clients/client-changes.ts'
import { clientOverviews, findOwnClient } from '../src/clients/client-overview.ts'
import { clientUsage, dayOf, sweepUsage } from '../src/clients/client-usage.ts'
import { findClient, removeClient } from '../src/clients/clients.ts'
import { findLogo, removeLogo, storeLogo } from '../src/clients/logos.ts'
import { chooseCallbackRule, chooseOwnPolicy } from '../src/clients/owner-policy.ts'
import { type NewClient, registerClient } from '../src/clients/registration.ts'
import { addRsaKeys, removeRsaKey } from '../src/clients/rsa-keys.ts'
import { UsageRecorder } from '../src/clients/usage-recorder.ts'
import { openDatabase } from '../src/database/database.ts'
import type { Database } from '../src/database/schema.ts'
import { nowSeconds } from '../src/random.ts'
import { type Services, servicesOver } from '../src/services.ts'
import { completeSettings } from '../src/settings/settings.ts'
import { createLog } from '../src/telemetry/log.ts'
import { issueToken } from '../src/tokens/issued-token.ts'

const names = { postgres: 'PostgreSQL', mariadb: 'MariaDB' } as const
const log = createLog('silent')

describeDatabase('SQLite', ':memory:')
for (const kind of ['postgres', 'mariadb'] as const)
  if (await available(kind)) describeDatabase(names[kind], databaseConfig(kind))

const pemOf = (modulusLength = 2048) =>
  generateKeyPairSync('rsa', { modulusLength }).publicKey.export({ type: 'spki', format: 'pem' }).toString()

function describeDatabase(name: string, database: string): void {
  describe(`what the owner of a client does, on ${name}`, () => {
    let db: Database
    let services: Services
    let owner: number
    let clients = 0
    const settings = completeSettings({ credentialCacheSeconds: 0 })
    beforeAll(async () => {
      if (database !== ':memory:') await createDatabase(database)
      db = await openDatabase(database)
      services = servicesOver(db, settings, log)
      owner = (await createAccount(db, 'owner', 'correct horse battery')).id
    })
    afterAll(async () => {
      await services.close()
      if (database !== ':memory:') await removeDatabase(database)
    })

    const register = (): Promise<NewClient> =>
      registerClient(db, { name: `Client ${++clients}`, callbacks: [], ownerId: owner })

    /** Whether a request of the client signed with this secret is let in. */
    async function isLetIn(clientId: string, clientSecret: string, oauth: Record<string, string> = {}) {
      const token = await issueToken(services, clientId, owner)
      const http = signed(
        { url: 'https://api.example/me', client: { clientId, clientSecret }, token, oauth },
        nowSeconds(),
      )
      return services.protector.authenticate(http).then(
        ({ keyIndex }) => keyIndex,
        () => undefined,
      )
    }

    it('replaces a secret with an overlap, and ends the old one early', async () => {
      const { clientId, clientSecret: old } = await register()
      const first = await replaceSecret(db, clientId, { ownerId: owner, overlapSeconds: 3600 })
      expect(await isLetIn(clientId, old)).toBe(1)
      expect(await isLetIn(clientId, first as string)).toBe(0)
      const shown = await findOwnClient(db, clientId, owner)
      expect(shown?.previousSecretUntil).toBeGreaterThan(nowSeconds() + 3500)
      expect(JSON.stringify(shown)).not.toContain(old)
      expect(JSON.stringify(await services.hooks.queryClient(clientId))).not.toContain('previous_secret')
      // Another replacement: the oldest is gone.
      const second = await replaceSecret(db, clientId, { ownerId: owner, overlapSeconds: 3600 })
      expect([await isLetIn(clientId, old), await isLetIn(clientId, first as string)]).toEqual([undefined, 1])
      expect(await endPreviousSecret(db, clientId, owner + 1)).toBe(false)
      expect(await endPreviousSecret(db, clientId, owner)).toBe(true)
      expect(await endPreviousSecret(db, clientId, owner)).toBe(false)
      expect([await isLetIn(clientId, first as string), await isLetIn(clientId, second as string)]).toEqual([
        undefined,
        0,
      ])
    })

    it('without an overlap the old secret stops at once, and one whose time is over counts no more', async () => {
      const { clientId, clientSecret: old } = await register()
      const secret = await replaceSecret(db, clientId, { ownerId: owner })
      expect([await isLetIn(clientId, old), await isLetIn(clientId, secret as string)]).toEqual([
        undefined,
        0,
      ])
      await replaceSecret(db, clientId, { ownerId: owner, overlapSeconds: 60 })
      expect(await isLetIn(clientId, secret as string)).toBe(1)
      await db
        .updateTable('oauth_client')
        .set({ previous_secret_until: nowSeconds() })
        .where('client_id', '=', clientId)
        .execute()
      expect(await isLetIn(clientId, secret as string)).toBeUndefined()
      expect((await findOwnClient(db, clientId, owner))?.previousSecretUntil).toBeUndefined()
    })

    it('keeps several RSA keys, each once and five at most', async () => {
      const { clientId } = await register()
      const keys = Array.from({ length: 5 }, () => pemOf(1024))
      await addRsaKeys(db, clientId, keys[0] as string, owner)
      await addRsaKeys(db, clientId, `${keys[0]}${keys[1]}`, owner)
      const two = (await findOwnClient(db, clientId, owner))?.rsaKeys ?? []
      expect(two).toEqual([
        { fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/), bits: 1024 },
        { fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/), bits: 1024 },
      ])
      await Promise.all(keys.slice(2).map((key) => addRsaKeys(db, clientId, key, owner)))
      expect((await findOwnClient(db, clientId, owner))?.rsaKeys).toHaveLength(5)
      await expect(addRsaKeys(db, clientId, pemOf(1024), owner)).rejects.toThrow('at most 5 keys')
      expect(await removeRsaKey(db, clientId, two[0]?.fingerprint as string, owner)).toBe(true)
      const four = (await findOwnClient(db, clientId, owner))?.rsaKeys ?? []
      expect(four.map(({ fingerprint }) => fingerprint)).not.toContain(two[0]?.fingerprint)
      expect(four).toHaveLength(4)
      for (const wrong of ['', 'hello', '{"keys":[]}', '{"kty":'])
        await expect(addRsaKeys(db, clientId, wrong, owner)).rejects.toThrow()
      expect(await addRsaKeys(db, clientId, pemOf(1024), owner + 1)).toBe(false)
    })

    it('switches the mode while the operator sets a policy, and neither is lost', async () => {
      const policy = { supportedSignatureMethods: ['HMAC-SHA256'] } as const
      for (let round = 0; round < 10; round++) {
        const { clientId } = await register()
        const both = [
          setClientPolicy(services, clientId, policy),
          setClientMode(db, clientId, 'development', owner),
        ]
        expect(await Promise.all(both)).toEqual([true, true])
        expect(await findClient(db, clientId)).toMatchObject({ mode: 'development', policy })
        await removeClient(db, clientId)
      }
    })

    it('accepts the same change again, which changes no row', async () => {
      const { clientId } = await register()
      const change = { name: 'Twice', description: 'The same.', callbacks: ['https://a.example/cb'] }
      for (const _ of [1, 2]) expect(await changeClient(db, clientId, change, owner)).toBe(true)
      const rule = () => chooseCallbackRule(db, clientId, owner, 'prefix')
      expect([await rule(), await rule()]).toEqual([true, true])
      expect(await chooseCallbackRule(db, clientId, owner + 1, 'prefix')).toBe(false)
      for (const _ of [1, 2])
        expect(await setClientPolicy(services, clientId, { supportedSignatureMethods: ['HMAC-SHA1'] })).toBe(
          true,
        )
    })

    // In one connection, statements run in the order in which they were started.
    if (database === ':memory:') {
      it('changes nothing once the client is no longer theirs', async () => {
        const { clientId } = await register()
        const [isChanged] = await Promise.all([
          changeClient(db, clientId, { name: 'Taken back' }, owner),
          db.updateTable('oauth_client').set({ owner_id: null }).where('client_id', '=', clientId).execute(),
        ])
        expect(isChanged).toBe(false)
        expect((await findClient(db, clientId))?.name).not.toBe('Taken back')
      })
    }

    it('narrows its policy within the operator’s, whatever the operator changes later', async () => {
      const { clientId, clientSecret } = await register()
      const all = {
        methods: ['HMAC-SHA256'],
        places: ['header', 'query'],
        isBodyHashRequired: false,
        callbackRule: 'exact',
      }
      const choose = (choice: object) =>
        chooseOwnPolicy(db, settings.options, clientId, owner, { ...all, ...choice })
      expect(await choose({})).toBe(true)
      const by = (oauth_signature_method: string) =>
        isLetIn(clientId, clientSecret, { oauth_signature_method })
      expect([await by('HMAC-SHA1'), await by('HMAC-SHA256')]).toEqual([undefined, 0])
      // PLAINTEXT is not the operator's to give here: it is left out, and so nothing is left.
      await expect(choose({ methods: ['PLAINTEXT'] })).rejects.toThrow('at least one signature method')
      await expect(choose({ places: [] })).rejects.toThrow('at least one place')
      await setClientPolicy(services, clientId, { supportedSignatureMethods: ['HMAC-SHA1'] })
      expect([await by('HMAC-SHA1'), await by('HMAC-SHA256')]).toEqual([undefined, undefined])
      await choose({ methods: ['HMAC-SHA1', 'HMAC-SHA256'] })
      expect([await by('HMAC-SHA1'), await by('HMAC-SHA256')]).toEqual([0, undefined])
      await setClientPolicy(services, clientId, {})
      expect([await by('HMAC-SHA1'), await by('HMAC-SHA256')]).toEqual([0, 0])
      expect(await chooseOwnPolicy(db, settings.options, clientId, owner + 1, all)).toBe(false)
    })

    it('a callback rule of the owner holds, unless the operator set one', async () => {
      const { clientId } = await register()
      const choice = {
        methods: settings.options.supportedSignatureMethods,
        places: ['header', 'body', 'query'],
        isBodyHashRequired: true,
        callbackRule: 'prefix',
      }
      await chooseOwnPolicy(db, settings.options, clientId, owner, choice)
      expect((await services.hooks.queryClient(clientId))?.policy).toEqual({
        advice: true,
        bodyHash: 'required',
        callbackRule: 'prefix',
      })
      await setClientPolicy(services, clientId, { callbackRule: 'exact', twoLegged: true })
      expect((await services.hooks.queryClient(clientId))?.policy).toEqual({
        advice: true,
        bodyHash: 'required',
        callbackRule: 'exact',
        twoLegged: true,
      })
    })

    it('counts requests by day, method and place, from several processes at once', async () => {
      const { clientId } = await register()
      const recorders = Array.from({ length: 4 }, () => new UsageRecorder(db, log))
      const event = (signatureMethod: string, place: 'header' | 'query') =>
        ({ type: 'accepted', endpoint: 'resource', clientId, signatureMethod, place }) as const
      const refused = {
        type: 'refused',
        endpoint: 'resource',
        code: 'invalid_nonce',
        description: '',
        clientId,
        signatureMethod: 'HMAC-SHA1',
        place: 'header',
      } as const
      for (let round = 0; round < 5; round++) {
        for (const recorder of recorders) {
          for (let i = 0; i < 3; i++) recorder.record(event('HMAC-SHA1', 'header'))
          recorder.record(event('HMAC-SHA256', 'query'))
          recorder.record(refused)
        }
        await Promise.all(recorders.map((recorder) => recorder.flush()))
      }
      const usage = await clientUsage(db, clientId)
      expect(usage).toMatchObject({ accepted: 80, refused: 20, lastAt: expect.any(Number) })
      expect(usage.days).toHaveLength(30)
      expect(usage.days.at(-1)).toMatchObject({ accepted: 80, refused: 20 })
      expect(usage.byMethod).toEqual([
        { signatureMethod: 'HMAC-SHA1', accepted: 60, refused: 20 },
        { signatureMethod: 'HMAC-SHA256', accepted: 20, refused: 0 },
      ])
      expect(usage.byPlace).toEqual([
        { place: 'header', accepted: 60, refused: 20 },
        { place: 'query', accepted: 20, refused: 0 },
      ])
      const other = await register()
      expect(await clientUsage(db, other.clientId)).toMatchObject({ accepted: 0, lastAt: undefined })
      await Promise.all(recorders.map((recorder) => recorder.close()))
    })

    it('a client that is deleted meanwhile takes no other count with it', async () => {
      const [gone, kept] = [await register(), await register()]
      const recorder = new UsageRecorder(db, log)
      for (const { clientId } of [gone, kept])
        recorder.record({
          type: 'accepted',
          endpoint: 'resource',
          clientId,
          signatureMethod: 'HMAC-SHA1',
          place: 'header',
        })
      await removeClient(db, gone.clientId, owner)
      await recorder.close()
      expect(await clientUsage(db, gone.clientId)).toMatchObject({ accepted: 0 })
      expect(await clientUsage(db, kept.clientId)).toMatchObject({ accepted: 1 })
    })

    it('forgets entries older than 400 days', async () => {
      const { clientId } = await register()
      const today = dayOf(nowSeconds())
      for (const day of [today - 402, today - 401, today - 400, today])
        await db
          .insertInto('client_usage')
          .values({
            client_id: clientId,
            day,
            signature_method: 'a',
            place: 'b',
            accepted: 1,
            refused: 0,
            last_at: 5,
          })
          .execute()
      while ((await sweepUsage(db, 10)) > 0) await pause(0)
      expect(await clientUsage(db, clientId, { days: 500 })).toMatchObject({ accepted: 2 })
    })

    it('lists clients with their users, last use, status and logo', async () => {
      const { clientId } = await register()
      await issueToken(services, clientId, owner)
      await issueToken(services, clientId, owner)
      const png = Buffer.from('picture')
      await Promise.all([1, 2, 3].map((i) => storeLogo(db, clientId, { png, digest: `digest${i}` })))
      await storeLogo(db, clientId, { png, digest: 'digest' })
      const overview = (await clientOverviews(db, owner)).find((client) => client.clientId === clientId)
      expect(overview).toMatchObject({
        users: 1,
        status: 'approved',
        lastAt: undefined,
        logoDigest: 'digest',
      })
      expect(await findLogo(db, clientId, 'digest')).toEqual(png)
      expect(await findLogo(db, clientId, 'other')).toBeUndefined()
      expect([await removeLogo(db, clientId), await removeLogo(db, clientId)]).toEqual([true, false])
      expect(await findOwnClient(db, clientId, owner + 1)).toBeUndefined()
    })
  })
}
