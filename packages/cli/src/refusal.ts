/** A command cannot be carried out; says what to type instead. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  /** Stable, for programs that read `--json`. */
  readonly code: string
  /** The next command, without the program's name. */
  readonly next: string | undefined

  constructor(code: string, message: string, next?: string) {
    super(message)
    this.code = code
    this.next = next
  }
}

export function unknownClient(key: string): Refusal {
  return new Refusal('unknown_client', `No client has the key ${key}.`, 'client list')
}

export function unknownUser(name: string): Refusal {
  return new Refusal('unknown_user', `There is no user ${name}.`, 'user list')
}

export function unknownToken(): Refusal {
  return new Refusal('unknown_token', 'There is no such token.', 'token list')
}
