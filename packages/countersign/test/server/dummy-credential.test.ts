import { importRsaPublicKey } from 'countersign'
import { expect, it } from 'vitest'
import { dummyPublicKey, dummySecret } from '../../src/server/dummy-credential.ts'

it('the secret that no client has is random, another one each time, and always as long', () => {
  const secrets = Array.from({ length: 20 }, dummySecret)
  for (const secret of secrets) expect(secret).toMatch(/^[\w-]{40}\d{8}$/)
  expect(new Set(secrets).size).toBe(20)
  expect(new Set(secrets.map((secret) => secret.slice(0, 40))).size).toBe(1)
})

it('the key that no client has is one that can be used', () => {
  expect(importRsaPublicKey(dummyPublicKey).asymmetricKeyType).toBe('rsa')
})
