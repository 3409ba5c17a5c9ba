import type { TokenGrantHooks, TokenGrants } from '../../server/token-grants.ts'

/** Records what tokens were exchanged for in this process's memory: one entry per exchanged token. */
export function memoryGrantHooks(): Required<Omit<TokenGrantHooks, 'limitTokenLife'>> {
  const byToken = new Map<string, TokenGrants>()
  const find = (clientId: string, oauthToken: string) => {
    const grants = byToken.get(oauthToken)
    return grants?.clientId === clientId ? grants : undefined
  }
  return {
    queryTokenGrants: find,
    writeTokenGrants(grants) {
      const version = byToken.get(grants.oauthToken)?.version ?? 0
      const isOurs = version === 0 || find(grants.clientId, grants.oauthToken) !== undefined
      if (!isOurs || version !== grants.version - 1) return false
      byToken.set(grants.oauthToken, grants)
      return true
    },
  }
}
