import type { Identity } from '../../accounts/identities.ts'
import type { SignInProof } from '../../accounts/identity-provider.ts'

/** A sign-in at the identity provider that the browser has not come back from. */
export type PendingSignIn = SignInProof & {
  /** Where to go on to; already checked. */
  readonly returnTo: string
  /** The provider was told to ask again. */
  readonly isAnew: boolean
  /** Why: to sign in, to prove again who is signed in, or to let an identity open this account, too. */
  readonly purpose: 'sign-in' | 'again' | 'link'
  /** Who is signed in, for the latter two. */
  readonly userId?: number | undefined
}

/** An identity that waits for its user's word that it may open the account. */
export interface PendingLink {
  readonly identity: Identity
  /** What it is called at the provider. */
  readonly label: string
  readonly userId: number
}

/** How long a browser may take for either. */
export const pendingSeconds = 600

/** The cookie's name of a sign-in: the part of the state that tells it from those in other tabs. */
export function pendingName(state: string): string {
  return /^[\w-]{8}/.exec(state)?.[0] ?? 'none'
}
