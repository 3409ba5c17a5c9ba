import type * as OpenIdClient from 'openid-client'
import { clientAuthentication, insecureRequests, loaded } from '../openid/library.ts'
import { RemoteValue } from '../openid/remote-value.ts'
import type { ProviderSettings } from '../settings/settings.ts'
import type { Identity } from './identities.ts'
import { IdentityProviderError, signInFault } from './identity-provider-error.ts'

type OidcSettings = NonNullable<ProviderSettings['oidc']>

/** The values to check a sign-in with when the browser returns from the identity provider. */
export interface SignInProof {
  readonly state: string
  readonly nonce: string
  /** The secret of PKCE (RFC 7636). */
  readonly codeVerifier: string
}

/** A person whom the identity provider vouches for. */
export interface Person {
  readonly identity: Identity
  /** Suggested user names, the best first. */
  readonly names: readonly string[]
}

/** How the identity provider should ask. */
export interface SignInWish {
  /** Where it redirects the browser to. */
  readonly redirectUri: string
  /** An earlier sign-in does not suffice: for another account, or to prove the user's identity again. */
  readonly isAnew: boolean
}

/** Limit of each request to the identity provider. */
const timeoutSeconds = 5
/** Its addresses and keys are read again every hour; the previous ones are better than none. */
const times = {
  freshSeconds: 3600,
  keptSeconds: Number.POSITIVE_INFINITY,
  retrySeconds: 0,
  renewalSeconds: 0,
}
/** The largest age of a sign-in, if the identity provider was told to ask again. */
const anewSeconds = 300

/**
 * The company's identity provider (OpenID Connect Core 1.0): authorization code flow with PKCE, state and nonce. Its
 * metadata is first read at the first sign-in, so this process starts and works while the provider is down.
 */
export class IdentityProvider {
  readonly #settings: OidcSettings
  readonly #config: RemoteValue<OpenIdClient.Configuration>

  constructor(settings: OidcSettings) {
    this.#settings = settings
    this.#config = new RemoteValue(() => this.#discover(), times)
  }

  /** Where to send the browser, and the values to check its return with. @throws IdentityProviderError */
  async begin({ redirectUri, isAnew }: SignInWish): Promise<{ location: string; proof: SignInProof }> {
    const library = await loaded()
    const config = await this.#configuration()
    const proof = {
      state: library.randomState(),
      nonce: library.randomNonce(),
      codeVerifier: library.randomPKCECodeVerifier(),
    }
    const { href } = library.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope: 'openid profile email',
      state: proof.state,
      nonce: proof.nonce,
      code_challenge: await library.calculatePKCECodeChallenge(proof.codeVerifier),
      code_challenge_method: 'S256',
      ...(isAnew && { ...promptOf(config) }),
    })
    return { location: href, proof }
  }

  /**
   * The person whom the provider vouches for.
   *
   * @param callback - The full URL that the browser came back to.
   * @throws IdentityProviderError
   */
  async finish(
    callback: URL,
    { state, nonce, codeVerifier }: SignInProof,
    { isAnew }: Pick<SignInWish, 'isAnew'>,
  ): Promise<Person> {
    const library = await loaded()
    const config = await this.#configuration()
    const checks = {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: codeVerifier,
      idTokenExpected: true,
    }
    const tokens = await library.authorizationCodeGrant(config, callback, checks).catch((error: unknown) => {
      throw signInFault(error)
    })
    const claims = tokens.claims()
    if (claims === undefined) throw new IdentityProviderError('invalid', 'The response has no ID token.')
    // A provider that is given max_age must say when it asked (OpenID Connect Core 1.0 §3.1.2.1).
    if (isAnew && !isFresh(claims.auth_time, promptOf(config).max_age !== undefined))
      throw new IdentityProviderError('stale', 'The identity provider did not ask again.')
    const identity = { issuer: claims.iss, subject: claims.sub }
    const names = namesIn(claims)
    if (names.length > 0 || config.serverMetadata().userinfo_endpoint === undefined)
      return { identity, names }
    // Many providers leave names out of the ID token. The account is created even without them.
    const info = await library
      .fetchUserInfo(config, tokens.access_token, claims.sub)
      .catch(() => ({}) as Record<string, never>)
    return { identity, names: namesIn(info) }
  }

  /** @throws IdentityProviderError */
  #configuration(): Promise<OpenIdClient.Configuration> {
    return this.#config.get().catch((cause: unknown) => {
      throw new IdentityProviderError('unavailable', 'The identity provider cannot be reached.', { cause })
    })
  }

  async #discover(): Promise<OpenIdClient.Configuration> {
    const library = await loaded()
    const { issuer, clientId, clientSecret } = this.#settings
    const address = new URL(issuer)
    return library.discovery(
      address,
      clientId,
      clientSecret,
      clientAuthentication(library, clientSecret, 'token'),
      {
        timeout: timeoutSeconds,
        execute: [
          // The signature of the ID token is checked too: the provider may be behind a proxy that terminates TLS.
          library.enableNonRepudiationChecks,
          ...insecureRequests(library, address),
        ],
      },
    )
  }
}

/**
 * Makes the provider ask again, even if a user is signed in there. Google does not know `login`, and others refuse
 * values that they do not list.
 */
function promptOf(config: OpenIdClient.Configuration): {
  readonly prompt: string
  readonly max_age?: string
} {
  const { issuer, prompt_values_supported: listed } = config.serverMetadata()
  const selects = issuer === 'https://accounts.google.com' || asTexts(listed).includes('select_account')
  return selects ? { prompt: 'select_account' } : { prompt: 'login', max_age: '0' }
}

function isFresh(authTime: unknown, isRequired: boolean): boolean {
  return typeof authTime === 'number' ? Date.now() / 1000 - authTime <= anewSeconds : !isRequired
}

function asTexts(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** An unverified address is not used as a name: it may be someone else's. */
function namesIn(claims: Readonly<Record<string, unknown>>): string[] {
  const { preferred_username, email, email_verified, name } = claims
  const address = email_verified === false ? undefined : email
  return [preferred_username, address, name].filter(
    (given): given is string => typeof given === 'string' && given.trim() !== '',
  )
}
