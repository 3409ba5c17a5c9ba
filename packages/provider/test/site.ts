import { afterAll, beforeAll, expect } from 'vitest'
import { type ProviderProcess, runProvider, temporaryDirectory } from './running-provider.ts'
import { signer } from './signer.ts'
import { Visitor } from './visitor.ts'

export const password = 'correct horse battery'

interface Keys {
  readonly key: string
  readonly secret: string
}

/** A provider that runs during the tests of a file, and what people and clients do there. */
export interface Site {
  /** Where the provider has its data. */
  readonly directory: string
  readonly provider: ProviderProcess
  /** A signed-in visitor with an account of the given name. */
  member(name?: string): Promise<Visitor>
  /** Registers a client by the page; returns its key and secret. */
  register(visitor: Visitor, fields: Record<string, string>): Promise<Keys>
  /** What a client gets from the first step of the flow. */
  temporaryCredential(keys: Keys, callback: string): Promise<Keys>
}

export function openSite(env: Record<string, string> = {}): Site {
  const directory = temporaryDirectory()
  let provider: ProviderProcess
  let members = 0
  beforeAll(async () => {
    provider = await runProvider(directory.path, env)
  })
  afterAll(async () => {
    await provider.stop()
    directory.remove()
  })
  return {
    directory: directory.path,
    get provider() {
      return provider
    },
    async member(name = `member${++members}`) {
      const visitor = new Visitor(provider.url)
      expect((await visitor.signUp(name, password)).status).toBe(200)
      return visitor
    },
    async register(visitor, fields) {
      await visitor.open('/clients/new')
      const { text, status } = await visitor.submit('/clients', fields)
      expect(status).toBe(200)
      const [key = '', secret = ''] = [...text.matchAll(/<dd class="secret"><code>([^<]+)</g)].map(
        ([, value]) => value,
      )
      return { key, secret }
    },
    async temporaryCredential(keys, callback) {
      const send = signer(provider.url, keys)
      const response = await send('POST', '/oauth/initiate', { oauth_callback: callback })
      expect(response.status).toBe(200)
      const pairs = new URLSearchParams(await response.text())
      return { key: pairs.get('oauth_token') ?? '', secret: pairs.get('oauth_token_secret') ?? '' }
    },
  }
}
