import { hash, verify } from '@node-rs/argon2'

/** Characters of a password, at the least and at the most. */
export const passwordLength = { min: 8, max: 256 } as const

/** Argon2id with the parameters that OWASP recommends: 19 MiB, two passes. */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** The hash to store, its salt and parameters included. Different ways to type the same characters are one password. */
export async function hashPassword(password: string): Promise<string> {
  return hash(password.normalize('NFKC'), parameters)
}

/**
 * Whether the password is the hash's. Without a hash the same work is done and the answer is false, so that a stranger
 * cannot tell from the time which users exist.
 */
export async function checkPassword(stored: string | undefined, password: string): Promise<boolean> {
  dummyHash ??= hashPassword('nobody has this password')
  const dummy = await dummyHash
  const holds = await verify(stored ?? dummy, password.normalize('NFKC'))
  return holds && stored !== undefined
}

let dummyHash: Promise<string> | undefined
