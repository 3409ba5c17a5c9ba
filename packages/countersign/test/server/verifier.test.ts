import { isVerifierOf } from 'countersign'
import { expect, test } from 'vitest'

test.each<
  [name: string, oauthVerifier: string | undefined, oauthCallback: string, sent: string, is: boolean]
>([
  ['the code itself', 'BCDF-GHJK', 'oob', 'BCDF-GHJK', true],
  ['a code in lower case, with a space for the dash', 'BCDF-GHJK', 'oob', 'bcdf ghjk', true],
  ['another code', 'BCDF-GHJK', 'oob', 'BCDF-GHJL', false],
  ['the verifier of a redirect', 'aBc', 'https://client.example/', 'aBc', true],
  ['the verifier of a redirect in another case', 'aBc', 'https://client.example/', 'ABC', false],
  ['an empty one before the approval', undefined, 'oob', '', false],
])('%s', (_name, oauthVerifier, oauthCallback, sent, is) => {
  expect(isVerifierOf({ oauthVerifier, oauthCallback }, sent)).toBe(is)
})
