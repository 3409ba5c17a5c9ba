import { hash, verify } from '@node-rs/argon2'

/** The fewest and the most characters of a password. */
export const passwordLength = { min: 8, max: 256 } as const

/** Argon2id with the parameters that OWASP recommends: 19 MiB, two passes. */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** The hash to store, its salt and parameters included. Different ways to type the same characters are one password. */
export async function hashPassword(password: string): Promise<string> {
  return hash(password.normalize('NFKC'), parameters)
}

/**
 * Whether the password is the hash's. Without a hash it does the same work and returns false, so that a stranger
 * cannot tell from the time which users exist.
 */
export async function checkPassword(stored: string | undefined, password: string): Promise<boolean> {
  const holds = await verify(stored ?? dummyHash, password.normalize('NFKC'))
  return holds && stored !== undefined
}

/** Made with the parameters above. Written out: made at the first sign-in, it would cost that one twice the time. */
const dummyHash =
  '$argon2id$v=19$m=19456,t=2,p=1$aR1Xaod1v0+DOQ2PS1+3sA$vDkHNKxA/QAidsHW+XzQ+a3JUeN0KDNVqIuGNNMuSME'
