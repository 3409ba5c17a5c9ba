import { percentEncode } from './encoding.ts'

/** The key of HMAC and the signature of PLAINTEXT: both secrets encoded, always joined by `&` (§3.4.2, §3.4.4). */
export function sharedKey(clientSecret: string, tokenSecret: string): string {
  return `${percentEncode(clientSecret)}&${percentEncode(tokenSecret)}`
}
