import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import {
  type Authentication,
  type Client,
  type HttpRequest,
  OAuth1Error,
  ResourceProtector,
} from 'countersign'
import { OAuth1Client } from 'countersign/client'
import { memoryHooks } from 'countersign/memory'

const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 })
const pem = ({ publicKey }: ReturnType<typeof pair>) =>
  publicKey.export({ type: 'spki', format: 'pem' }).toString()
const [oldKey, newKey] = [pair(), pair()]

interface RotatedClient extends Client {
  /** Until when the previous keys are valid, in seconds since 1970. */
  readonly rotatedUntil?: number
  readonly previousSecret?: string
  readonly previousRsaKey?: string
}
const until = Date.now() / 1000 + 86_400
const clients: RotatedClient[] = [
  { clientId: 'album', clientSecret: 'new-secret', previousSecret: 'old-secret', rotatedUntil: until },
  { clientId: 'late', clientSecret: 'new-secret', previousSecret: 'old-secret', rotatedUntil: 1 },
  { clientId: 'bank', rsaPublicKey: pem(newKey), previousRsaKey: pem(oldKey), rotatedUntil: until },
]
const options = { supportedSignatureMethods: ['HMAC-SHA256', 'RSA-SHA256'], twoLegged: true }
const hooks = memoryHooks<RotatedClient>({ clients })

/** The client with its previous keys, as long as they are valid. */
async function previousClient(clientId: string): Promise<RotatedClient | undefined> {
  const client = await hooks.queryClient(clientId)
  if (client?.rotatedUntil === undefined || client.rotatedUntil < Date.now() / 1000) return undefined
  return { ...client, clientSecret: client.previousSecret, rsaPublicKey: client.previousRsaKey }
}
const present = new ResourceProtector({ ...options, hooks })
const previous = new ResourceProtector({ ...options, hooks: { ...hooks, queryClient: previousClient } })

async function authenticate(request: HttpRequest): Promise<Authentication<RotatedClient>> {
  try {
    return await present.authenticate(request)
  } catch (error) {
    if (!(error instanceof OAuth1Error && error.code === 'invalid_signature')) throw error
    return previous.authenticate(request)
  }
}

const url = 'https://api.example.com/photos'
const verdict = (keys: ConstructorParameters<typeof OAuth1Client>[0]) => {
  const { headers } = new OAuth1Client(keys).sign({ method: 'GET', url })
  return authenticate({ method: 'GET', url, headers }).then(
    ({ client }) => client.clientId,
    (error) => error instanceof OAuth1Error && error.code,
  )
}
const hmac = (clientId: string, clientSecret: string) =>
  verdict({ clientId, clientSecret, signatureMethod: 'HMAC-SHA256' })
const rsa = ({ privateKey }: ReturnType<typeof pair>) =>
  verdict({ clientId: 'bank', privateKey, signatureMethod: 'RSA-SHA256' })
assert.equal(await hmac('album', 'new-secret'), 'album')
assert.equal(await hmac('album', 'old-secret'), 'album')
assert.equal(await hmac('album', 'another'), 'invalid_signature')
assert.equal(await hmac('late', 'old-secret'), 'invalid_signature')
assert.equal(await rsa(newKey), 'bank')
assert.equal(await rsa(oldKey), 'bank')
assert.equal(await rsa(pair()), 'invalid_signature')
