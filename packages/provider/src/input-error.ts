/** What somebody typed cannot be taken: the message says why, in words for them. */
export class InputError extends Error {
  override readonly name = 'InputError'
  /** The form field or command line option at fault. */
  readonly field: string

  constructor(field: string, message: string) {
    super(message)
    this.field = field
  }
}
