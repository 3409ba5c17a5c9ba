import { generateKeyPairSync } from 'node:crypto'

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })

/** An RSA key pair made for this run. */
export const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
export const privatePem = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()
