/**
 * The provider's own events, in addition to the library's events, for logs and metrics. No event contains a secret.
 */
export type ProviderEvent =
  /** Someone signed in. */
  | { readonly type: 'signed_in'; readonly userId: number }
  /** A name and a password were refused: they do not match, or there were too many attempts. */
  | { readonly type: 'sign_in_refused'; readonly reason: 'wrong' | 'limited' | 'overloaded' }

/** Called at once for each event. */
export type ProviderListener = (event: ProviderEvent) => void
