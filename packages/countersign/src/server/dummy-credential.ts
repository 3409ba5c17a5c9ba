import { randomToken } from '../protocol/crypto.ts'

let madeSecret: string | undefined
let made = 0

/**
 * A secret that no client has, a different one each time: whatever a method keeps of a secret that it has seen before
 * must not make it quicker for unknown clients. Made at the first request, because Workers allow no randomness before one.
 */
export function dummySecret(): string {
  madeSecret ??= randomToken(40)
  made = (made + 1) % 100_000_000
  return madeSecret + String(made).padStart(8, '0')
}

/** An RSA key whose private half was thrown away when it was made. */
export const dummyPublicKey = {
  kty: 'RSA',
  e: 'AQAB',
  n: 'xNHed_bQR0gpYA7jzmKFCblbAtdSfcORSIakdHJcy1uQyw2yK7lkQWQ6XPkxr4bBsLIoFcj0X4rOzwZtg_e_1_Bp6GqMc-enl87if-RU-VUXFuud-pH462GcMdidP0veWGW1B3NShbaJisCfe6jWYhAvE969QJVo75ZgROF4iuYs_VSi_Yxug8OtSwG-TRfIlVrnfUdkdErv8UyAK8n5olNoFAh5ZTotsthAgPYPoPN0oZHVgRAYrl5g2stfxjHnIchcAodUXoR7QSDELxGkcbP3TWtzM8AdNQpM8QAbKeHAoHK_Ov8Vp7UlkOrTDwoFhZKIOX9N2luWpAfvSQon8Q',
}
