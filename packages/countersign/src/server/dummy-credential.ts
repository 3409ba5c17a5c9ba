import { randomToken } from '../crypto/random.ts'

let madeSecret: string | undefined
let count = 0

/**
 * A secret that no client has; a new one each time, so that a method's cache does not make it faster. Created at the
 * first request, because Workers allow no randomness before one.
 */
export function dummySecret(): string {
  madeSecret ??= randomToken(40)
  count = (count + 1) % 100_000_000
  return madeSecret + String(count).padStart(8, '0')
}

/** An RSA key whose private half was thrown away when it was generated; as text, which custom methods accept too. */
export const dummyPublicKey = `-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAxNHed/bQR0gpYA7jzmKF
CblbAtdSfcORSIakdHJcy1uQyw2yK7lkQWQ6XPkxr4bBsLIoFcj0X4rOzwZtg/e/
1/Bp6GqMc+enl87if+RU+VUXFuud+pH462GcMdidP0veWGW1B3NShbaJisCfe6jW
YhAvE969QJVo75ZgROF4iuYs/VSi/Yxug8OtSwG+TRfIlVrnfUdkdErv8UyAK8n5
olNoFAh5ZTotsthAgPYPoPN0oZHVgRAYrl5g2stfxjHnIchcAodUXoR7QSDELxGk
cbP3TWtzM8AdNQpM8QAbKeHAoHK/Ov8Vp7UlkOrTDwoFhZKIOX9N2luWpAfvSQon
8QIDAQAB
-----END PUBLIC KEY-----
`
