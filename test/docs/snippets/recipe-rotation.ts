import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { type Client, type HttpRequest, OAuth1Error, type OAuth1Event, ResourceProtector } from 'countersign'
import { OAuth1Client } from 'countersign/client'
import { memoryHooks } from 'countersign/memory'

const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 })
const pem = ({ publicKey }: ReturnType<typeof pair>) =>
  publicKey.export({ type: 'spki', format: 'pem' }).toString()
const [oldKey, newKey] = [pair(), pair()]
const now = Date.now() / 1000

/** A row of your clients table. */
interface ClientRow {
  readonly clientId: string
  readonly secret?: string
  readonly previousSecret?: string
  /** Until when the previous secret is valid, in seconds since 1970. */
  readonly previousUntil?: number
  readonly rsaPublicKey?: string
}

function clientOf({ clientId, secret, previousSecret, previousUntil = 0, rsaPublicKey }: ClientRow): Client {
  const isValid = previousSecret !== undefined && previousUntil > Date.now() / 1000
  return {
    clientId,
    clientSecret: secret,
    otherClientSecrets: isValid ? [previousSecret] : [],
    rsaPublicKey,
  }
}

const bank = { clientId: 'bank', rsaPublicKey: `${pem(newKey)}${pem(oldKey)}` }

const rows: ClientRow[] = [
  { clientId: 'album', secret: 'new-secret', previousSecret: 'old-secret', previousUntil: now + 86_400 },
  { clientId: 'late', secret: 'new-secret', previousSecret: 'old-secret', previousUntil: 1 },
  bank,
]
const stillOld = new Set<string>()

const on = (event: OAuth1Event) => {
  if (event.type === 'accepted' && event.keyIndex) stillOld.add(event.clientId)
}

const protector = new ResourceProtector({
  supportedSignatureMethods: ['HMAC-SHA256', 'RSA-SHA256'],
  twoLegged: true,
  hooks: memoryHooks({ clients: rows.map(clientOf) }),
  on,
})

const url = 'https://api.example.com/photos'
const authenticate = (request: HttpRequest) => protector.authenticate(request)
const verdict = (keys: ConstructorParameters<typeof OAuth1Client>[0]) => {
  const { headers } = new OAuth1Client(keys).sign({ method: 'GET', url })
  return authenticate({ method: 'GET', url, headers }).then(
    ({ keyIndex }) => keyIndex,
    (error) => error instanceof OAuth1Error && error.code,
  )
}
const hmac = (clientId: string, clientSecret: string) =>
  verdict({ clientId, clientSecret, signatureMethod: 'HMAC-SHA256' })
const rsa = ({ privateKey }: ReturnType<typeof pair>) =>
  verdict({ clientId: 'bank', privateKey, signatureMethod: 'RSA-SHA256' })
assert.equal(await hmac('album', 'new-secret'), 0)
assert.equal(await hmac('late', 'old-secret'), 'invalid_signature')
assert.deepEqual([...stillOld], [])
assert.equal(await hmac('album', 'old-secret'), 1)
assert.deepEqual([...stillOld], ['album'])
assert.equal(await hmac('album', 'another'), 'invalid_signature')
assert.equal(await rsa(newKey), 0)
assert.equal(await rsa(oldKey), 1)
assert.equal(await rsa(pair()), 'invalid_signature')
