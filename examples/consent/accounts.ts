import { randomBytes, scrypt, scryptSync, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const hash = promisify<string, Buffer, number, Buffer>(scrypt)

interface Account {
  readonly salt: Buffer
  readonly passwordHash: Buffer
}

function accountWith(password: string): Account {
  const salt = randomBytes(16)
  return { salt, passwordHash: scryptSync(password, salt, 32) }
}

/** In a real application these are rows. */
const accounts = new Map([
  ['ada', accountWith('difference engine')],
  ['grace', accountWith('nanoseconds')],
])
const noAccount = accountWith(randomBytes(16).toString('hex'))

/** The same work for a name without an account, so that the time does not reveal who has one. */
export async function isPasswordOf(name: string, password: string): Promise<boolean> {
  const { salt, passwordHash } = accounts.get(name) ?? noAccount
  return timingSafeEqual(await hash(password, salt, 32), passwordHash)
}
