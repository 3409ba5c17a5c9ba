import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runCliJson, runProvider, temporaryDirectory } from '../../packages/provider/test/running-provider.ts'
import { Visitor } from '../../packages/provider/test/visitor.ts'

export interface Keys {
  readonly key: string
  readonly secret: string
}

/** What the client's user meets: a running provider with all signature methods, an account, and two registered clients. */
export interface Setting {
  readonly site: string
  /** A client with a shared secret and a callback on any port of this machine. */
  readonly client: Keys
  /** A client that signs with an RSA key. */
  readonly rsaClient: Keys & { readonly privateKey: string }
  /** The user, signed in. */
  readonly visitor: Visitor
  /** Approves as the user; returns the code that an `oob` page shows. */
  allow(authorizePath: string): Promise<string>
  close(): Promise<void>
}

/** The callback that the client registered; the port does not count. */
export const callbackPath = '/callback'

export async function openSetting(): Promise<Setting> {
  const directory = temporaryDirectory()
  const cwd = directory.path
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const keyFile = join(cwd, 'public.pem')
  writeFileSync(keyFile, publicKey.export({ type: 'spki', format: 'pem' }))
  const password = 'correct horse battery'
  await runCliJson(cwd, ['user', 'add', '--name', 'rosa'], { COUNTERSIGN_PASSWORD: password })
  const register = async (name: string, ...more: string[]): Promise<Keys> => {
    const args = ['client', 'add', '--name', name, '--callback', `http://127.0.0.1${callbackPath}`, ...more]
    const { clientId, clientSecret } = await runCliJson<{ clientId: string; clientSecret: string }>(cwd, args)
    return { key: clientId, secret: clientSecret }
  }
  const client = await register('Shared secret')
  const rsaClient = await register('RSA', '--rsa-public-key', keyFile)
  const methods = 'HMAC-SHA1 HMAC-SHA256 HMAC-SHA512 RSA-SHA1 RSA-SHA256 RSA-SHA512 PLAINTEXT'
  const provider = await runProvider(cwd, { OAUTH1_SUPPORTED_SIGNATURE_METHODS: methods })
  const visitor = new Visitor(provider.url)
  await visitor.signIn('rosa', password)
  return {
    site: provider.url,
    client,
    rsaClient: { ...rsaClient, privateKey: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString() },
    visitor,
    async allow(authorizePath) {
      await visitor.open(authorizePath)
      const { text } = await visitor.submit('/oauth/authorize', { decision: 'allow' })
      return /<code class="code">([^<]+)</.exec(text)?.[1] ?? ''
    },
    async close() {
      await provider.stop()
      directory.remove()
    },
  }
}

/** Parameters with everything that is easily signed wrongly: repeats, an empty value, spaces, reserved and other characters. */
export const hardPairs: readonly (readonly [name: string, value: string])[] = [
  ['q', 'Grüße & küsse=1'],
  ['tag', 'b'],
  ['tag', 'a'],
  ['empty', ''],
  ['日本', '語 + 100%'],
]

/** Names and values in one order, for clients that send them in another. */
export function sorted(pairs: readonly (readonly [string, string])[]): string[] {
  return pairs.map(([name, value]) => `${name}=${value}`).sort()
}
