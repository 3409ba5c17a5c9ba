import { randomCode, randomToken } from '../crypto/random.ts'
import { ConfigurationError, UndecidableError } from '../errors.ts'
import { appendToCallback, outOfBand } from './callback.ts'
import { emit } from './events.ts'
import type { Hooks } from './hooks.ts'
import type { Client, TemporaryCredential, User, UserId } from './models.ts'
import { aUserId, checkOptions, type Kinds, scopes, shown } from './option-kinds.ts'
import type { ResolvedOptions } from './options.ts'
import { checkNarrowed } from './scopes.ts'
import type { WithoutSecrets } from './without-secrets.ts'

/** What a consent page shows: which client asks, and for what. */
export interface AuthorizationRequest<C extends Client = Client> {
  readonly client: WithoutSecrets<C>
  readonly credential: WithoutSecrets<TemporaryCredential>
}

/** The application's additions to a resource owner's approval. */
export interface Approval {
  /**
   * Space-separated; fixed from here on. If the client asked for a scope, some or all of it; the default is all. The
   * empty string grants none of it.
   */
  readonly scope?: string
}

/** The outcome of a resource owner's decision, as data: what to show, or where to send the browser (§2.2). */
export type Decision<C extends Client = Client> =
  /** Approved: send the browser to `location`, the client's callback with token and verifier. */
  | { readonly kind: 'redirect'; readonly client: WithoutSecrets<C>; readonly location: string }
  /** Approved for `oob`: show the code, which the resource owner types into the client. */
  | { readonly kind: 'code'; readonly client: WithoutSecrets<C>; readonly oauthVerifier: string }
  /** Denied: send the browser to `location`, or where it is undefined (`oob`) say that nothing was granted. */
  | { readonly kind: 'denied'; readonly client: WithoutSecrets<C>; readonly location: string | undefined }

const approvalKinds: Kinds<Approval> = { scope: scopes }

/** @throws ConfigurationError when the user has no `id`, or the approval has an unknown field. */
export function checkDecision(user: User | undefined | null, approval: Approval): void {
  checkUser(user, 'The user of a decision', 'To deny, pass undefined.')
  checkOptions('decideAuthorization', approval, approvalKinds)
}

/** Binds user and verifier to the credential, once. */
export async function approve<C extends Client>(
  { client, credential }: AuthorizationRequest<C>,
  userId: UserId,
  { scope }: Approval,
  hooks: Pick<Hooks, 'createAuthorizationVerifier'>,
  { on }: Pick<ResolvedOptions, 'on'>,
): Promise<Decision<C>> {
  const { oauthToken, oauthCallback, clientId } = credential
  checkNarrowed(scope, credential.scope)
  const isOutOfBand = oauthCallback === outOfBand
  const oauthVerifier = isOutOfBand ? randomCode(manualVerifierLength) : randomToken(verifierLength)
  const grant = { userId, oauthVerifier, ...(scope === undefined ? {} : { scope }) }
  const bound = await hooks.createAuthorizationVerifier(oauthToken, grant)
  if (bound !== true) throw new UndecidableError('decided')
  emit(on, { type: 'approved', clientId, userId, scope: scope ?? credential.scope ?? undefined })
  if (isOutOfBand) return { kind: 'code', client, oauthVerifier }
  const added = { oauth_token: oauthToken, oauth_verifier: oauthVerifier }
  return { kind: 'redirect', client, location: appendToCallback(oauthCallback, added) }
}

/** Spends the credential. */
export async function deny<C extends Client>(
  { client, credential }: AuthorizationRequest<C>,
  hooks: Pick<Hooks, 'consumeTemporaryCredential'>,
  { on, deniedParameter }: Pick<ResolvedOptions, 'on' | 'deniedParameter'>,
): Promise<Decision<C>> {
  const { oauthToken, oauthCallback, clientId } = credential
  const spent = await hooks.consumeTemporaryCredential(oauthToken)
  if (spent !== true) throw new UndecidableError('decided')
  emit(on, { type: 'denied', clientId })
  if (oauthCallback === outOfBand) return { kind: 'denied', client, location: undefined }
  const refusal = {
    oauth_token: oauthToken,
    // The parameter that OAuth 1.0 clients look for (extension Problem Reporting), and the one for OAuth 2.0 clients.
    oauth_problem: 'user_refused',
    error: 'access_denied',
    error_description: 'The resource owner denied the request.',
    ...(deniedParameter ? { denied: oauthToken } : {}),
  }
  return { kind: 'denied', client, location: appendToCallback(oauthCallback, refusal) }
}

/** 192 bits, carried by the redirect. */
const verifierLength = 32
/** 50 bits, carried by hand, worthless after ten minutes. */
const manualVerifierLength = 10

/**
 * A user without an identifier would approve for no one; most likely the application misspelt the field.
 *
 * @param whose - Begins the message; `otherwise` ends it, and says what to write without a user.
 * @throws ConfigurationError
 */
export function checkUser(user: User | undefined | null, whose: string, otherwise: string): void {
  if (user === undefined || user === null) return
  const id: unknown = user.id
  if (aUserId.holds(id)) return
  throw new ConfigurationError(
    `${whose} must be an object with an id, a string or a number; the id is ${shown(id)}. ${otherwise}`,
  )
}
