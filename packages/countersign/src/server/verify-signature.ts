import type { HttpRequest } from '../protocol/http.ts'
import type { OAuth1Request } from '../protocol/request.ts'
import type { Awaitable, Hooks } from './hooks.ts'
import type { Client } from './models.ts'
import type { CommonOptions } from './options.ts'
import { ResourceProtector } from './resource-protector.ts'

/** What a client signs with: its shared secret, its RSA key, or both. */
export type ClientKeys = Pick<Client, 'clientSecret' | 'otherClientSecrets' | 'rsaPublicKey'>

/**
 * Where `verifySignature` finds a client's keys: an object by `oauth_consumer_key`, or a function; a string is the
 * shared secret.
 */
export type Secrets =
  | Readonly<Record<string, string | ClientKeys | undefined>>
  | ((clientId: string) => Awaitable<string | ClientKeys | undefined>)

/** The options of `verifySignature`: the options of a `ResourceProtector`, and two hooks. */
export interface VerifyOptions extends CommonOptions {
  /**
   * Records nonces, such as `nonceHooks(cache).recordNonce`. Default: none, so a replayed request passes until its
   * timestamp is too old.
   */
  readonly recordNonce?: Hooks['recordNonce']
  /** The secret of a token, for requests that carry one. Default: such a request is refused. */
  readonly tokenSecret?: (clientId: string, oauthToken: string) => Awaitable<string | undefined>
}

/**
 * Verifies one signed request (§3.2), without any store but the secrets: all that a tool launched by LTI 1.1, or the
 * receiver of a webhook, needs. Each call checks its options again; a busy API should create one `ResourceProtector`
 * and keep it.
 *
 * @returns The verified request: `clientId`, and `parameters` as the client signed them.
 * @throws OAuth1Error when the request is to be refused; StoreError when a look-up failed; ConfigurationError when an
 * option is unknown or not of its kind.
 * @example
 * ```ts
 * app.post('/launch', async (req, res) => {
 *   const { parameters } = await verifySignature(await httpRequest(req), { moodle: process.env.MOODLE_SECRET })
 *   res.send(`Hello ${Object.fromEntries(parameters).lis_person_name_full}`)
 * })
 * ```
 */
export async function verifySignature(
  request: HttpRequest,
  secrets: Secrets,
  { recordNonce = () => true, tokenSecret = () => undefined, ...options }: VerifyOptions = {},
): Promise<OAuth1Request> {
  const protector = new ResourceProtector({
    twoLegged: true,
    ...options,
    hooks: {
      queryClient: async (clientId) => clientOf(clientId, await keysOf(clientId, secrets)),
      queryToken: async (clientId, oauthToken) => {
        const oauthTokenSecret = await tokenSecret(clientId, oauthToken)
        return oauthTokenSecret === undefined ? undefined : { clientId, oauthToken, oauthTokenSecret }
      },
      recordNonce,
    },
  })
  return (await protector.authenticate(request)).request
}

function keysOf(clientId: string, secrets: Secrets): Awaitable<string | ClientKeys | undefined> {
  if (typeof secrets === 'function') return secrets(clientId)
  return Object.hasOwn(secrets, clientId) ? secrets[clientId] : undefined
}

function clientOf(clientId: string, keys: string | ClientKeys | undefined): Client | undefined {
  if (keys === undefined) return undefined
  return typeof keys === 'string' ? { clientId, clientSecret: keys } : { ...keys, clientId }
}
