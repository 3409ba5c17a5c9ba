import type { Identity } from '../../accounts/identities.ts'
import type { SignInProof } from '../../accounts/identity-provider.ts'

/** A sign-in at the identity provider from which the browser has not yet returned. */
export type PendingSignIn = SignInProof & {
  /** Where to continue; already checked. */
  readonly returnTo: string
  /** The provider was told to ask again. */
  readonly isAnew: boolean
  /** The purpose: to sign in, to prove again who is signed in, or to link an identity to this account. */
  readonly purpose: 'sign-in' | 'again' | 'link'
  /** The signed-in user, for the last two. */
  readonly userId?: number | undefined
}

/** An identity that waits for the user's confirmation that it may open the account. */
export interface PendingLink {
  readonly identity: Identity
  /** Its name at the provider. */
  readonly label: string
  readonly userId: number
}

/** How long either may take. */
export const pendingSeconds = 600

/** The cookie name of a sign-in: the part of the state that distinguishes it from those in other tabs. */
export function pendingName(state: string): string {
  return /^[\w-]{8}/.exec(state)?.[0] ?? 'none'
}
