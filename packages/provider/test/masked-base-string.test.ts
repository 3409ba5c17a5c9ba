import { expect, it } from 'vitest'
import { maskedBaseString } from '../src/requests/masked-base-string.ts'

it.each([
  ['a token', 'oauth_token%3Dabc%26z%3D1', 'oauth_token%3D•••%26z%3D1'],
  ['a verifier at the end', 'z%3D1%26oauth_verifier%3Dabc', 'z%3D1%26oauth_verifier%3D•••'],
  ['a value with escapes', 'oauth_token%3Da%252Bb%26z%3D1', 'oauth_token%3D•••••••%26z%3D1'],
  ['a value with an ampersand', 'oauth_token%3Da%2526b%26z%3D1', 'oauth_token%3D•••••••%26z%3D1'],
  ['pairs encoded twice', 'oauth_token%253Dabc%2526z%253D1', 'oauth_token%253D•••%2526z%253D1'],
  ['pairs not encoded', 'oauth_token=a%26b&z=1', 'oauth_token=•••••&z=1'],
  ['escapes in lower case', 'oauth_token%3dabc%26z', 'oauth_token%3d•••%26z'],
  ['an encoded name', 'oauth%5Ftoken%3Dabc%26z', 'oauth%5Ftoken%3D•••%26z'],
  ['a query in the address', 'x%3Foauth_token%3Dabc&a%3D1', 'x%3Foauth_token%3D•••&a%3D1'],
  ['a signature', 'oauth_signature%3Dabc%253D%26z', 'oauth_signature%3D••••••••%26z'],
  ['the secret of a token', 'oauth_token_secret%3Dabc%26z', 'oauth_token_secret%3D•••%26z'],
  ['a password', 'x_auth_password%3Dabc%26z', 'x_auth_password%3D•••%26z'],
  ['nothing of an empty token', 'oauth_token%3D%26z%3D1', 'oauth_token%3D%26z%3D1'],
  ['nothing of other parameters', 'oauth_signature_method%3DHMAC-SHA1', 'oauth_signature_method%3DHMAC-SHA1'],
])('masks %s, sign by sign', (_, given, masked) => {
  expect(maskedBaseString(given)).toBe(masked)
  expect(masked.length).toBe(given.length)
})
