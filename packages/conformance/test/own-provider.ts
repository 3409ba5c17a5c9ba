import { generateKeyPairSync } from 'node:crypto'
import { createAccount, createProvider, registerClient } from '@countersign/provider'
import { readTarget, type Target } from '../src/index.ts'

/** Countersign's own provider with test users and clients, as a target. */
export interface OwnProvider {
  readonly target: Target
  close(): Promise<void>
}

export async function openOwnProvider(): Promise<OwnProvider> {
  const provider = await createProvider({ port: 0, database: ':memory:', logLevel: 'silent' })
  const { db } = provider.services
  const password = 'correct horse battery'
  const callback = 'http://127.0.0.1:9/callback'
  const owner = await createAccount(db, 'rosa', password)
  await createAccount(db, 'second', password)
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const client = await registerClient(db, { name: 'First', callbacks: [callback], ownerId: owner.id })
  const second = await registerClient(db, { name: 'Second', callbacks: [callback], ownerId: owner.id })
  const rsa = await registerClient(db, {
    name: 'RSA',
    callbacks: [callback],
    ownerId: owner.id,
    rsaPublicKey: publicKey,
  })
  const target = readTarget({
    base: provider.address.replace('127.0.0.1', 'localhost'),
    client: { key: client.clientId, secret: client.clientSecret },
    secondClient: { key: second.clientId, secret: second.clientSecret },
    rsaClient: { key: rsa.clientId, privateKey },
    callback,
    signatureMethods: ['HMAC-SHA1', 'HMAC-SHA256', 'HMAC-SHA512', 'RSA-SHA1', 'RSA-SHA256', 'RSA-SHA512'],
    user: { name: 'rosa', password },
    secondUser: { name: 'second', password },
  })
  return { target, close: () => provider.close() }
}
