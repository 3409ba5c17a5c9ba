import type { Hooks, TokenCredential, TokenUse } from 'countersign'
import { describe, expect, it } from 'vitest'
import { fresh, lookalikes, temporary } from './behaviour.ts'

/** Beyond 32 bits: seconds must not end in 2038 or 2106. */
const late = 5_000_000_000

const issued = (values: Partial<TokenCredential> = {}): TokenCredential => ({
  clientId: fresh('Client'),
  oauthToken: fresh('Token'),
  oauthTokenSecret: 'secret',
  userId: 7,
  ...values,
})

type LifeHooks = Pick<Hooks, 'createTokenCredential' | 'queryToken'> & Partial<Hooks>

export function lives(hooks: LifeHooks): void {
  // Every store that keeps tokens has it, also through wrappers around the store.
  const recordTokenUse = (use: TokenUse) => (hooks as Required<Hooks>).recordTokenUse(use)
  const found = ({ clientId, oauthToken }: TokenCredential) => hooks.queryToken(clientId, oauthToken)

  describe('the life of a token', () => {
    it('comes back as it was issued, in numbers, from every hook that returns the token', async () => {
      const token = issued({ expiresAt: late, lastUsedAt: late - 10 })
      const { clientId, oauthToken } = token
      expect(await hooks.createTokenCredential(token)).toMatchObject(token)
      expect(await found(token)).toMatchObject(token)
      if (hooks.listTokens) expect(await hooks.listTokens({ clientId })).toMatchObject([token])
      // A store may read a pair in another way when it knows the columns.
      for (let call = 0; hooks.queryClientAndToken && call < 3; call++) {
        const pair = await hooks.queryClientAndToken(clientId, oauthToken)
        if (pair.client) expect(pair.token).toMatchObject(token)
      }
    })

    it('has no end and no last use where it was issued without', async () => {
      const token = issued()
      const created = await hooks.createTokenCredential(token)
      for (const row of [created, await found(token)]) {
        expect(row?.expiresAt ?? undefined).toBeUndefined()
        expect(row?.lastUsedAt ?? undefined).toBeUndefined()
      }
    })

    it('keeps its end and its last use through an exchange', async () => {
      if (!hooks.exchangeTemporaryCredential) return
      const waiting = temporary()
      await hooks.createTemporaryCredential?.(waiting)
      const token = issued({ expiresAt: late, lastUsedAt: late - 10 })
      const created = await hooks.exchangeTemporaryCredential(waiting.oauthToken, token)
      expect(created).toMatchObject(token)
      expect(await found(token)).toEqual(created)
    })
  })

  describe('the use of a token', () => {
    it('is seen by the next query, and goes forwards only', async () => {
      const token = issued({ expiresAt: late })
      const { clientId, oauthToken } = token
      await hooks.createTokenCredential(token)
      await found(token)
      for (const [lastUsedAt, expected] of [
        [100, 100],
        [late, late],
        [200, late],
        [late, late],
        [late + 1, late + 1],
      ] as const) {
        await recordTokenUse({ clientId, oauthToken, lastUsedAt })
        expect(await found(token)).toMatchObject({ ...token, lastUsedAt: expected })
      }
    })

    it('belongs to exactly this token and client: others keep theirs, and an unknown one is no error', async () => {
      const clientId = fresh('Client')
      const token = issued({ clientId, lastUsedAt: 50 })
      const others = [issued({ clientId }), issued({ lastUsedAt: 60 })]
      for (const each of [token, ...others]) await hooks.createTokenCredential(each)
      const { oauthToken } = token
      for (const other of lookalikes(oauthToken))
        await recordTokenUse({ clientId, oauthToken: other, lastUsedAt: 100 })
      for (const other of lookalikes(clientId))
        await recordTokenUse({ clientId: other, oauthToken, lastUsedAt: 100 })
      expect(await found(token)).toMatchObject(token)
      await recordTokenUse({ clientId, oauthToken, lastUsedAt: 100 })
      expect(await found(token)).toMatchObject({ lastUsedAt: 100 })
      expect((await found(others[0] as TokenCredential))?.lastUsedAt ?? undefined).toBeUndefined()
      expect(await found(others[1] as TokenCredential)).toMatchObject({ lastUsedAt: 60 })
    })

    it('is the latest of many that are written at once', async () => {
      const token = issued()
      const { clientId, oauthToken } = token
      await hooks.createTokenCredential(token)
      const uses = [3, 9, 1, 12, 7, 4, 11, 2, 10, 5, 8, 6].map((lastUsedAt) => ({
        clientId,
        oauthToken,
        lastUsedAt,
      }))
      await Promise.all(uses.map(async (use) => recordTokenUse(use)))
      expect(await found(token)).toMatchObject({ lastUsedAt: 12 })
    })
  })
}
