import { hash, verify } from '@node-rs/argon2'

/** The minimum and maximum length of a password. */
export const passwordLength = { min: 8, max: 256 } as const

/** Argon2id with the parameters that OWASP recommends: 19 MiB, two passes. */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/**
 * The hash to store, including its salt and parameters. Different encodings of the same characters are one password.
 */
export async function hashPassword(password: string): Promise<string> {
  return hash(password.normalize('NFKC'), parameters)
}

/**
 * Whether the password matches the hash. Without a hash it does the same work and returns false, so that the time does
 * not reveal which users exist.
 */
export async function checkPassword(stored: string | undefined, password: string): Promise<boolean> {
  const holds = await verify(stored ?? dummyHash, password.normalize('NFKC'))
  return holds && stored !== undefined
}

/**
 * Made with the parameters above. It is a constant, because computing it would double the time of the first sign-in.
 */
const dummyHash =
  '$argon2id$v=19$m=19456,t=2,p=1$aR1Xaod1v0+DOQ2PS1+3sA$vDkHNKxA/QAidsHW+XzQ+a3JUeN0KDNVqIuGNNMuSME'
