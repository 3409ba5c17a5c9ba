import { AsyncLocalStorage } from 'node:async_hooks'
import { ConfigurationError } from '../../errors.ts'
import type { Awaitable } from '../../server/hooks.ts'
import type { Client, TokenCredential } from '../../server/models.ts'
import type { Authentication } from '../../server/resource-protector.ts'
import type { WithoutSecrets } from '../../server/without-secrets.ts'

/** Who was let in, and by which protector. */
export interface Entry {
  readonly protector: unknown
  readonly pending: Awaitable<Authentication>
  /** Checked as `requireClient` does, without asking whether the policy refuses requests without a token. */
  readonly isClientAlone: boolean
  /** Undefined until the check has succeeded. */
  authentication: Authentication | undefined
}

/**
 * The key under which a request carries its entry. A WeakMap would make the garbage collector visit each entry in every
 * cycle.
 */
export const entryKey: unique symbol = Symbol('countersign.authentication')

/** A framework's object for a request, as `judge` marks it. */
export interface Marked {
  [entryKey]?: Entry | undefined
}

const byContext = new AsyncLocalStorage<Authentication>()

/** Makes the authentication known to everything that `next` starts. */
export function withAuthentication<R>(authentication: Authentication, next: () => R): R {
  return byContext.run(authentication, next)
}

/**
 * Who signed this request: client, credential and the verified parameters.
 *
 * @throws ConfigurationError if no `requireOAuth` or `requireClient` ran before.
 */
export function authenticationOf<C extends Client, T extends TokenCredential>(
  request?: object,
): Authentication<C, T> {
  const authentication = request ? (request as Marked)[entryKey]?.authentication : byContext.getStore()
  if (authentication) return authentication as Authentication<C, T>
  throw new ConfigurationError(
    request
      ? 'This request was not authenticated: put requireOAuth(protector) before the handler, and await it where you call it yourself.'
      : 'No authenticated request in this async context: put requireOAuth(protector) before the handler, or pass the request.',
  )
}

/**
 * The token credential of this request, as the `queryToken` hook loaded it, without its secret.
 *
 * @throws ConfigurationError if no `requireOAuth` ran before, or the request is two-legged.
 */
export function credentialOf<T extends TokenCredential>(request?: object): WithoutSecrets<T> {
  const { credential } = authenticationOf<Client, T>(request)
  if (credential) return credential
  throw new ConfigurationError(
    'This request was signed by a client alone; use currentAuthentication to accept that.',
  )
}
