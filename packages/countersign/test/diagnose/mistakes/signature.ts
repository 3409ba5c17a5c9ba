import { createHash } from 'node:crypto'
import type { Mistake, Steps } from '../mistaken-client.ts'
import { percentEncode } from '../mistaken-client.ts'

const armour = (code: Mistake['code'], what: string, change: Steps['armour']): Mistake => ({
  code,
  what,
  change: () => ({ armour: change }),
})
const finish = (code: Mistake['code'], what: string, change: (signature: string) => string): Mistake => ({
  code,
  what,
  change: (_, before) => ({ finish: (signature) => change(before.finish(signature)) }),
})
const method = (code: Mistake['code'], what: string, change: Steps['methodName']): Mistake => ({
  code,
  what,
  change: (_, before) => ({
    methodName: (named, credentials) => change(before.methodName(named, credentials), credentials),
  }),
})

/** Signs with a hash, if the method has one. */
const withHash = (hash: string) => (named: string) => named.replace(/SHA\d+$/, hash)

export const signatureMistakes: readonly Mistake[] = [
  ...['SHA1', 'SHA256', 'SHA512', 'SHA384', 'MD5'].map((hash) =>
    method('wrong-hash', `hashes with ${hash} whatever it names`, withHash(hash)),
  ),
  armour('signature-not-base64', 'sends the octets as they are', (octets) => octets.toString('latin1')),
  armour('signature-in-hex', 'sends the hexadecimal digest', (octets) => octets.toString('hex')),
  armour('signature-in-hex', 'sends the digest in hexadecimal capitals', (octets) =>
    octets.toString('hex').toUpperCase(),
  ),
  armour('signature-base64-of-hex', 'sends base64 of hexdigest', (octets) =>
    Buffer.from(octets.toString('hex')).toString('base64'),
  ),
  armour('signature-in-url-safe-base64', 'uses the alphabet for URLs', (octets) =>
    octets.toString('base64').replaceAll('+', '-').replaceAll('/', '_'),
  ),
  armour('signature-in-url-safe-base64', 'uses base64url without padding', (octets) =>
    octets.toString('base64url'),
  ),
  finish('signature-without-padding', 'strips the padding', (signature) => signature.replace(/=+$/, '')),
  {
    code: 'signature-encoded-twice',
    what: 'encodes the signature that its library encodes',
    change: (_, { write }) => ({ write: (signature) => write(percentEncode(signature)) }),
  },
  {
    code: 'signature-not-encoded',
    what: 'writes the signature raw',
    change: () => ({ write: (signature) => signature.replaceAll('%', '%25').replaceAll('&', '%26') }),
  },
  finish('signature-with-white-space', 'ends base64 with a line break', (signature) => `${signature}\n`),
  armour('signature-with-white-space', 'breaks base64 into lines as encode64 does', (octets) =>
    octets.toString('base64').replace(/.{1,60}/g, '$&\n'),
  ),
  finish('signature-in-quotes', 'puts the signature in quotes', (signature) => `"${signature}"`),
  method('rsa-named-hmac', 'signs with RSA and names HMAC', (named, { privateKey }) =>
    privateKey === undefined ? named : named.replace(/^HMAC/, 'RSA'),
  ),
  method('wrong-rsa-padding', 'signs with RSASSA-PSS and names RSA-SHA256', (named) =>
    named.replace(/^RSA-SHA/, 'RSA-PSS-SHA'),
  ),
  method('hmac-named-rsa', 'signs with HMAC and names RSA', (named) =>
    named.replace(/^RSA(?:-PSS)?/, 'HMAC'),
  ),
  method('hmac-named-plaintext', 'signs with HMAC and names PLAINTEXT', (named) =>
    named.replace('PLAINTEXT', 'HMAC-SHA1'),
  ),
  method('plaintext-named-hmac', 'sends the key and names HMAC', (named) =>
    named.replace(/^HMAC.*/, 'PLAINTEXT'),
  ),
  {
    code: 'plaintext-encoded-twice',
    what: 'encodes the key of PLAINTEXT',
    // Only PLAINTEXT holds an &.
    change: (own, { finish }) => ({
      finish: (signature) => (signature.includes('&') ? own.encode(finish(signature)) : finish(signature)),
    }),
  },
  {
    code: 'key-and-text-swapped',
    what: 'passes key and text in the wrong order',
    change: (_, { hmac }) => ({ hmac: (hash, key, text) => hmac(hash, text, key) }),
  },
  {
    code: 'digest-without-key',
    what: 'hashes base string and key',
    change: () => ({
      hmac: (hash, key, text) =>
        createHash(hash)
          .update(text + key)
          .digest(),
    }),
  },
  {
    code: 'digest-without-key',
    what: 'hashes key and base string',
    change: () => ({
      hmac: (hash, key, text) =>
        createHash(hash)
          .update(key + text)
          .digest(),
    }),
  },
]
