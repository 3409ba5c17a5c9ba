/** More is asked for than this process does at once, or keeps: a later try may succeed. */
export class OverloadError extends Error {
  override readonly name = 'OverloadError'
  readonly retryAfterSeconds: number

  constructor(message: string, retryAfterSeconds: number) {
    super(message)
    this.retryAfterSeconds = retryAfterSeconds
  }
}
