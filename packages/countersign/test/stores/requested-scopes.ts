import type { Hooks } from 'countersign'
import { describe, expect, it } from 'vitest'
import { temporary } from './behaviour.ts'

type ScopeHooks = Pick<
  Hooks,
  'createTemporaryCredential' | 'getTemporaryCredential' | 'createAuthorizationVerifier'
>

export function requestedScopes(hooks: ScopeHooks): void {
  const found = async (oauthToken: string) =>
    (await hooks.getTemporaryCredential(oauthToken))?.scope ?? undefined

  describe('the scope of a temporary credential', () => {
    it.each([
      ['stays as the client asked for it, where the grant names none', 'read write', undefined, 'read write'],
      ['becomes the part that was granted', 'read write', 'read', 'read'],
      ['is empty where nothing of it was granted', 'read write', '', ''],
      ['is what was granted, where the client asked for none', undefined, 'read', 'read'],
      ['is absent where there never was one', undefined, undefined, undefined],
    ])('%s', async (_, requested, granted, expected) => {
      const credential = temporary(requested === undefined ? {} : { scope: requested })
      const { oauthToken } = credential
      await hooks.createTemporaryCredential(credential)
      expect(await found(oauthToken)).toBe(requested)
      const grant = { userId: 7, oauthVerifier: 'v', ...(granted === undefined ? {} : { scope: granted }) }
      expect(await hooks.createAuthorizationVerifier(oauthToken, grant)).toBe(true)
      expect(await found(oauthToken)).toBe(expected)
    })
  })
}
