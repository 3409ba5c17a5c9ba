import { createHmac } from 'node:crypto'
import { asymmetric, sharedKey, symmetric } from 'countersign'
import { publicKey } from '../faulty-server.ts'
import type { PlantedFault } from './planted-fault.ts'

/** Signature methods and their keys. */
export const signatureFaults: readonly PlantedFault[] = [
  [
    'signatures are not compared',
    'methods-hmac-sha1-wrong',
    () => ({
      options: () => ({ signatureMethods: { 'HMAC-SHA1': asymmetric(() => true) } }),
      hooks: (honest) => ({
        queryClient: async (clientId) => {
          const client = await honest.queryClient(clientId)
          return client && { ...client, rsaPublicKey: publicKey }
        },
      }),
    }),
  ],
  [
    'RSA signatures are not checked',
    'methods-rsa-sha1-wrong',
    () => ({ options: () => ({ signatureMethods: { 'RSA-SHA1': asymmetric(() => true) } }) }),
  ],
  [
    'the public key serves as an HMAC secret',
    'methods-key-confusion',
    () => ({
      hooks: (honest) => ({
        queryClient: async (clientId) => {
          const client = await honest.queryClient(clientId)
          return client?.rsaPublicKey ? { ...client, clientSecret: publicKey } : client
        },
      }),
    }),
  ],
  [
    'PLAINTEXT is taken without TLS',
    'methods-plaintext-unencrypted',
    () => ({
      options: () => ({ supportedSignatureMethods: ['HMAC-SHA1', 'HMAC-SHA256', 'RSA-SHA1', 'PLAINTEXT'] }),
    }),
  ],
  [
    'the token secret is left out of the key',
    'methods-wrong-token-secret',
    () => ({
      options: (_, step) => ({
        signatureMethods: {
          'HMAC-SHA1': symmetric(({ baseString, clientSecret, tokenSecret }) =>
            createHmac('sha1', sharedKey(clientSecret, step === 'resource' ? '' : tokenSecret))
              .update(baseString)
              .digest('base64'),
          ),
        },
      }),
    }),
  ],
]
