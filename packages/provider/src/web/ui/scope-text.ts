import { authorizationsScope, defaultScopes, type Scopes, sentenceOf } from '../../settings/scopes.ts'
import type { Texts } from '../../texts/texts.ts'

/** What a scope allows. The operator's sentences have one language; the provider's own have all. */
export function scopeText({ scopes: texts }: Texts, scope: string, scopes: Scopes): string {
  const sentence = sentenceOf(scope, scopes)
  const isOurs = scope === authorizationsScope && sentence === defaultScopes[authorizationsScope]
  return isOurs ? texts.authorizationsRead() : sentence
}
