/**
 * Why a sign-in failed: the provider cannot be reached, it refused, the attempt is over or belongs to someone else, or
 * the response breaks the protocol.
 */
type Kind = 'unavailable' | 'refused' | 'stale' | 'invalid'

/** A sign-in at the identity provider that failed. Its message is for the log. */
export class IdentityProviderError extends Error {
  override readonly name = 'IdentityProviderError'
  readonly kind: Kind
  /** The provider's error (OAuth 2.0, §4.1.2.1): its code, and its description for developers. */
  readonly told: { readonly code: string; readonly description: string | undefined } | undefined

  constructor(
    kind: Kind,
    message: string,
    { cause, told }: { cause?: unknown; told?: IdentityProviderError['told'] } = {},
  ) {
    super(message, { cause })
    this.kind = kind
    this.told = told
  }
}

/** What an error of the library means to the person who signs in. */
export function signInFault(error: unknown): IdentityProviderError {
  if (!(error instanceof Error)) return new IdentityProviderError('invalid', 'The sign-in failed.')
  const { name, message, code, status } = error as Error & { code?: unknown; status?: unknown }
  if (name === 'AuthorizationResponseError')
    return new IdentityProviderError('refused', message, { cause: error, told: toldBy(error) })
  if (name === 'ResponseBodyError') {
    const told = toldBy(error)
    if (typeof status === 'number' && status >= 500)
      return new IdentityProviderError('unavailable', message, { cause: error, told })
    // The code was used already, or has expired.
    if (told?.code === 'invalid_grant')
      return new IdentityProviderError('stale', message, { cause: error, told })
    return new IdentityProviderError('invalid', message, { cause: error, told })
  }
  if (message === 'fetch failed' || code === 'OAUTH_TIMEOUT' || code === 'OAUTH_RESPONSE_IS_NOT_CONFORM')
    return new IdentityProviderError('unavailable', message, { cause: error })
  return new IdentityProviderError('invalid', message, { cause: error })
}

const longestWord = 300

function toldBy(error: Error): IdentityProviderError['told'] {
  const { error: code, error_description: description } = error as Error & {
    error?: unknown
    error_description?: unknown
  }
  if (typeof code !== 'string') return undefined
  return {
    code: code.slice(0, 100),
    description: typeof description === 'string' ? description.slice(0, longestWord) : undefined,
  }
}
