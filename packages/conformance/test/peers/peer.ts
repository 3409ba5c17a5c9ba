import { spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { programs } from '../../../countersign/test/services.ts'
import { readTarget, type Target } from '../../src/index.ts'

/** The providers in Python that the suite runs against, by the names of their libraries. */
export const peers = {
  Authlib: { file: 'authlib_provider.py', signatureMethods: ['HMAC-SHA1', 'RSA-SHA1'] },
  oauthlib: {
    file: 'oauthlib_provider.py',
    signatureMethods: ['HMAC-SHA1', 'HMAC-SHA256', 'HMAC-SHA512', 'RSA-SHA1', 'RSA-SHA256', 'RSA-SHA512'],
  },
} as const

export type PeerName = keyof typeof peers

export interface Peer {
  /** Of the libraries, such as `Authlib 1.2.0, Flask 2.2.2`. */
  readonly versions: string
  readonly target: Target
  close(): Promise<void>
}

function keyPair() {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
}

/** Starts a peer on a free port. It ends with its standard input, so it never outlives its parent. */
export async function openPeer(name: PeerName): Promise<Peer> {
  const { file, signatureMethods } = peers[name]
  const { publicKey, privateKey } = keyPair()
  // oauthlib accepts keys of 20 to 30 letters and digits.
  const client = { key: 'firstclient0123456789', secret: 'secret of the first' }
  const secondClient = { key: 'secondclient0123456789', secret: 'secret of the second' }
  const rsa = 'rsaclient0123456789012'
  const callback = 'http://localhost:9/callback'
  const settings = {
    clients: [client, secondClient, { key: rsa, publicKey }],
    dummyKey: keyPair().publicKey,
    callback,
  }
  const child = spawn(programs.python, [join(import.meta.dirname, file), JSON.stringify(settings)], {
    // Faults of a peer are what the suite reports; their stack traces are not.
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const ended = once(child, 'close')
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    ended.then(() => Promise.reject(new Error(`${file} ended before it listened.`))),
  ])
  const { port, versions } = JSON.parse(line) as { port: number; versions: string }
  const target = readTarget({
    base: `http://localhost:${port}`,
    client,
    secondClient,
    rsaClient: { key: rsa, privateKey },
    callback,
    signatureMethods: [...signatureMethods],
    user: { name: 'rosa', password: 'correct horse battery' },
    secondUser: { name: 'emma', password: 'correct horse battery' },
  })
  return {
    versions,
    target,
    async close() {
      child.stdin.end()
      await ended
    },
  }
}
