import { OAuth1Error } from '../errors.ts'

/** What a text says about a request, before its URL is complete. */
export interface RequestDraft {
  readonly method: string
  /** An absolute URL, or a path with its query. */
  readonly target: string
  /** In the order of the text; names in any case. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string | undefined
  /** Assumptions made and parts ignored. */
  readonly notes: readonly string[]
}

/** A text that cannot be read: the message says what was expected. It quotes no value, which may be a secret. */
export function invalidText(description: string): OAuth1Error {
  return new OAuth1Error('invalid_request', description)
}
