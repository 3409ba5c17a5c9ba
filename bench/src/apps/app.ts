import { createHmac } from 'node:crypto'
import { type Hooks, ResourceProtector } from 'countersign'
import { memoryHooks } from 'countersign/memory'
import { client, token } from '../credentials.ts'

/** Three routes of one framework: `/bare` responds at once, `/hmac` after `hmac()`, `/protected` after the check. Returns the port. */
export type StartApp = (protector: ResourceProtector) => Promise<number>

export const content = { hello: 'world' }

/** A protector over memory, large enough for a benchmark. */
export function makeProtector(
  hooks: Hooks = memoryHooks({ clients: [client], tokens: [token], maxEntries: 4_000_000 }),
): ResourceProtector {
  return new ResourceProtector({ hooks })
}

const key = `${client.clientSecret}&${token.oauthTokenSecret}`
const baseString =
  'GET&http%3A%2F%2F127.0.0.1%3A40000%2Fprotected&file%3Dvacation.jpg%26oauth_consumer_key%3Ddpf43f3p2l4k3l03%26oauth_nonce%3DXk3Jd83kd93JD83kd93kdkskd83kd93k%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D1371312010%26oauth_token%3Dnnch734d00sl2jdknnch734d00sl2jdknnch734d00%26oauth_version%3D1.0%26size%3Doriginal'

/** The minimum of any check: one HMAC over an existing base string. */
export function hmac(): typeof content {
  createHmac('sha1', key).update(baseString).digest('base64')
  return content
}
