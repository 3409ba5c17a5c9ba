import { type Hooks, OAuth1Error, type TemporaryCredential } from 'countersign'
import { type Scopes, scopeList, unknownScope } from '../settings/scopes.ts'

/**
 * The hooks, restricted to existing scopes: a client's own policy may say `any`, or name a scope that the settings no
 * longer have.
 */
export function knownScopes<H extends Pick<Hooks, 'createTemporaryCredential'>>(scopes: Scopes, hooks: H): H {
  return {
    ...hooks,
    createTemporaryCredential(credential: TemporaryCredential) {
      const unknown = unknownScope(scopeList(credential.scope), scopes)
      if (unknown === undefined) return hooks.createTemporaryCredential(credential)
      const known = Object.keys(scopes).join(' ') || 'none'
      throw new OAuth1Error('invalid_request', `Unknown scope ${unknown}; known scopes are ${known}.`)
    },
  }
}
