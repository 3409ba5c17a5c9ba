/** The request exceeds what this process can do at once, or store: a later attempt may succeed. */
export class OverloadError extends Error {
  override readonly name = 'OverloadError'
  readonly retryAfterSeconds: number

  constructor(message: string, retryAfterSeconds: number) {
    super(message)
    this.retryAfterSeconds = retryAfterSeconds
  }
}
