/** What happens in the provider beside the events of the library's servers: for logs and metrics. No event holds a secret. */
export type ProviderEvent =
  /** Someone signed in. */
  | { readonly type: 'signed_in'; readonly userId: number }
  /** A name and a password were refused: they do not fit, or there were too many tries. */
  | { readonly type: 'sign_in_refused'; readonly reason: 'wrong' | 'limited' | 'overloaded' }

/** Is told of each event at once. */
export type ProviderListener = (event: ProviderEvent) => void
