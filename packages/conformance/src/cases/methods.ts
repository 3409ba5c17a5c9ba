import { createPublicKey } from 'node:crypto'
import { casesOf, type GroupCase } from '../conformance-case.ts'
import type { Context } from '../context.ts'
import { expectCredential, expectRefused, isAccepted } from '../expectations.ts'
import { initiate, initiation, protectedRequest } from '../flow/steps.ts'
import { type Draft, spoiled } from '../signing.ts'
import { Skip } from '../verdict.ts'

const known = [
  'HMAC-SHA1',
  'HMAC-SHA256',
  'HMAC-SHA512',
  'RSA-SHA1',
  'RSA-SHA256',
  'RSA-SHA512',
  'PLAINTEXT',
] as const
const sections = { HMAC: '§3.4.2', RSA: '§3.4.3', PLAINTEXT: '§3.4.4' } as const
const isEncrypted = (url: string) => /^https:/i.test(url)

/**
 * The client for a method: the one with a key for RSA.
 *
 * @throws Skip when the provider does not accept the method, or no key for it is given.
 */
async function keysFor(context: Context, method: string): Promise<Partial<Draft>> {
  const { signatureMethods, initiate: url, rsaClient } = context.target
  const isOffered = signatureMethods?.includes(method) ?? method !== 'PLAINTEXT'
  if (!isOffered) throw new Skip(`the provider does not take ${method} (signatureMethods)`)
  if (method === 'PLAINTEXT' && !isEncrypted(url)) throw new Skip('PLAINTEXT needs https')
  const isRsa = method.startsWith('RSA-')
  if (isRsa && rsaClient === undefined) throw new Skip('no client with an RSA key is given (rsaClient)')
  const keys: Partial<Draft> =
    isRsa && rsaClient
      ? {
          signatureMethod: method,
          client: { key: rsaClient.key, secret: '' },
          privateKey: rsaClient.privateKey,
        }
      : { signatureMethod: method }
  const isTried = signatureMethods === undefined && method !== context.method
  if (isTried && !isAccepted(await initiate(context, { ...keys, ...outOfBand })))
    throw new Skip(`the provider does not seem to take ${method}`)
  return keys
}

const outOfBand = { oauth: { oauth_callback: 'oob' } }

function sectionOf(method: string): string {
  return sections[method.split('-')[0] as keyof typeof sections]
}

const accepted = known.map(
  (method): GroupCase => ({
    id: `${method.toLowerCase()}-accepted`,
    title: `${method} is accepted`,
    section: sectionOf(method),
    level: 'must',
    why: 'The provider offers this method.',
    remedy: 'Check the base string and the key: both secrets escaped and joined by &, even if one is empty.',
    async run(context) {
      const keys = await keysFor(context, method)
      const response = await initiate(context, { ...keys, ...outOfBand })
      expectCredential(response, `a request signed with ${method}`)
    },
  }),
)

const refused = known.map(
  (method): GroupCase => ({
    id: `${method.toLowerCase()}-wrong`,
    title: `A wrong ${method} signature is refused`,
    section: sectionOf(method),
    level: 'must',
    why: 'If a signature is computed but not compared, everyone gets in.',
    remedy: 'Compare the signature, in constant time, and test every method with a wrong one.',
    async run(context) {
      const keys = await keysFor(context, method)
      for (const signature of [spoiled, () => '', () => '====', () => 'AAAA', () => undefined]) {
        const response = await initiate(context, { ...keys, signature, ...outOfBand })
        expectRefused(response, `a request with a wrong ${method} signature`)
      }
    },
  }),
)

export const methods = casesOf('methods', [
  ...accepted,
  ...refused,
  {
    id: 'wrong-client-secret',
    title: 'A signature with a wrong client secret is refused',
    section: '§3.4.2',
    level: 'must',
    why: 'The secret proves who the client is.',
    remedy: 'Compute the signature with the secret of the client that oauth_consumer_key names, and compare.',
    async run(context) {
      const { key, secret } = context.target.client
      for (const wrong of [
        '',
        `${secret}x`,
        secret.toUpperCase() === secret ? secret.toLowerCase() : secret.toUpperCase(),
      ])
        if (wrong !== secret)
          expectRefused(
            await initiate(context, { client: { key, secret: wrong } }),
            'a signature with a wrong client secret',
          )
    },
  },
  {
    id: 'wrong-token-secret',
    title: 'A protected request that is not signed with the token secret is refused',
    section: '§3.4.2',
    level: 'must',
    why: 'A token may leak through a log; its secret does not.',
    remedy: 'Compute the signature with both secrets, joined by &, and compare.',
    async run(context) {
      const request = await protectedRequest(context)
      const token = context.sharedToken
      if (token === undefined) throw new Skip('there is no token')
      for (const secret of ['', `${token.secret}x`]) {
        const wrong = await protectedRequest(context, { token: { ...token, secret } })
        expectRefused(
          await context.send({ ...request, headers: wrong.headers }),
          'a signature with a wrong token secret',
        )
      }
    },
  },
  {
    id: 'unknown-method',
    title: 'An unknown signature method is refused',
    section: '§3.2',
    level: 'must',
    why: 'A request that cannot be checked must not be accepted.',
    remedy: 'Refuse a method that you do not support with 400.',
    async run(context) {
      for (const signatureMethod of ['HMAC-MD5', 'none', '', 'constructor', '__proto__'])
        expectRefused(
          await initiate(context, { signatureMethod }),
          `oauth_signature_method=${signatureMethod}`,
        )
    },
  },
  {
    id: 'missing-method',
    title: 'A request without oauth_signature_method is refused',
    section: '§3.1',
    level: 'must',
    why: 'A default could differ from what the client meant.',
    remedy: 'Require oauth_signature_method.',
    async run(context) {
      const response = await initiate(context, { oauth: { oauth_signature_method: undefined } })
      expectRefused(response, 'a request without oauth_signature_method')
    },
  },
  {
    id: 'key-confusion',
    title: 'A client that has only a public key cannot sign with HMAC',
    section: '§3.4',
    level: 'must',
    why: 'A public key or an empty secret is known to everyone: anyone could sign as this client.',
    remedy:
      'Store keys and secrets separately, let the method pick, and refuse a client without that kind of key.',
    async run(context) {
      const { rsaClient } = context.target
      if (rsaClient === undefined) throw new Skip('no client with an RSA key is given (rsaClient)')
      const pem = createPublicKey(rsaClient.privateKey).export({ type: 'spki', format: 'pem' }).toString()
      for (const secret of [pem, pem.trimEnd(), ''])
        expectRefused(
          await initiate(context, {
            client: { key: rsaClient.key, secret },
            oauth: { oauth_callback: 'oob' },
          }),
          'an HMAC signature with a public key, or nothing, as the secret',
        )
    },
  },
  {
    id: 'plaintext-unencrypted',
    title: 'PLAINTEXT is refused without TLS',
    section: '§3.4.4',
    level: 'must',
    why: 'The signature contains the secrets: anyone who reads the request has them.',
    remedy: 'Refuse PLAINTEXT over http, or do not offer it.',
    async run(context) {
      if (isEncrypted(context.target.initiate)) throw new Skip('the provider is called over https')
      const response = await initiate(context, { signatureMethod: 'PLAINTEXT' })
      expectRefused(response, 'PLAINTEXT over http')
    },
  },
  {
    id: 'not-offered',
    title: 'A method that is not offered is refused',
    section: '§3.2',
    level: 'must',
    why: 'Otherwise an attacker chooses the weakest method.',
    remedy: 'Check oauth_signature_method against the list of methods that you offer.',
    async run(context) {
      const { signatureMethods, client } = context.target
      if (signatureMethods === undefined)
        throw new Skip('it is not said which methods are offered (signatureMethods)')
      const absent = known.filter(
        (method) => !signatureMethods.includes(method) && !method.startsWith('RSA-'),
      )
      if (absent.length === 0) throw new Skip('every method is offered (signatureMethods)')
      for (const signatureMethod of absent) {
        const { method, url, headers } = initiation(context, { signatureMethod, client })
        expectRefused(
          await context.send({ method, url, headers }),
          `${signatureMethod}, which is not offered`,
        )
      }
    },
  },
])
