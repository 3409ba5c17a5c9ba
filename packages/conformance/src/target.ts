/** An identifier and its shared secret: of a client, or of a token. */
export interface Keys {
  readonly key: string
  readonly secret: string
}

/** One form that the test user fills in. */
export interface FormStep {
  /** Values by the names of the form's fields. */
  readonly fields?: Readonly<Record<string, string>> | undefined
  /** The button to press. */
  readonly submit?: { readonly name: string; readonly value: string } | undefined
}

/** What a test user does on the pages of the provider. */
export interface UserForms {
  /**
   * In the order of the pages. A form that does not appear, because the user is already signed in, is skipped. The last
   * one is the decision.
   */
  readonly forms: readonly FormStep[]
  /** A regular expression over the HTML of the page that shows a verifier; its first group is the verifier. */
  readonly code?: string | undefined
}

/** A program that decides instead of a user: it gets the authorization URL in `AUTHORIZATION_URL`. */
export interface UserCommand {
  readonly command: readonly [program: string, ...args: string[]]
}

/** How a test user decides. */
export type UserDecision = UserForms | UserCommand

/** Everything that the suite knows about a provider. */
export interface Target {
  /** Absolute URLs. */
  readonly initiate: string
  readonly authorize: string
  readonly token: string
  /** A protected resource, ideally one that accepts GET, POST, PUT and DELETE and any parameters. */
  readonly resource: string
  readonly client: Keys
  readonly secondClient?: Keys | undefined
  /** A client with a public key at the provider, and its private key as PEM. */
  readonly rsaClient?: { readonly key: string; readonly privateKey: string } | undefined
  /** A callback that the client registered; without one the flow is out of band. */
  readonly callback?: string | undefined
  /**
   * The methods that the provider accepts; the first HMAC method signs the cases that do not test methods. Without the
   * list, HMAC-SHA1 does, and the others are tried.
   */
  readonly signatureMethods?: readonly string[] | undefined
  readonly approve: UserDecision
  readonly deny?: UserDecision | undefined
  /** Another user who approves. */
  readonly approveAsSecond?: UserDecision | undefined
}
