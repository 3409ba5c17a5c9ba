// node --conditions=countersign-source bench/src/sealed-cost.ts
import { createHmac, randomBytes } from 'node:crypto'
import { type HttpRequest, ResourceProtector } from 'countersign'
import { cachedCredentials } from 'countersign/credential-cache'
import { memoryHooks } from 'countersign/memory'
import { sealedHooks, sealSecret } from 'countersign/sealed'
import OAuth from 'oauth-1.0a'
import { medianRatios, printTable } from './measure.ts'

const clientId = 'dpf43f3p2l4k3l03'
const clientSecret = randomBytes(36).toString('base64url')
const oauthToken = randomBytes(32).toString('base64url').slice(0, 42)
const oauthTokenSecret = randomBytes(36).toString('base64url')
const url = 'http://photos.example.net/photos?file=vacation.jpg&size=original'
const signer = new OAuth({
  consumer: { key: clientId, secret: clientSecret },
  signature_method: 'HMAC-SHA1',
  hash_function: (text, key) => createHmac('sha1', key).update(text).digest('base64'),
})

function signedGets(): HttpRequest[] {
  return Array.from({ length: 5_000 }, () => {
    const data = signer.authorize({ url, method: 'GET' }, { key: oauthToken, secret: oauthTokenSecret })
    return { method: 'GET', url, headers: { authorization: signer.toHeader(data).Authorization } }
  })
}

const options = { keys: [{ id: 'k1', key: randomBytes(32) }], requireSealed: true }
const plainStore = memoryHooks({
  clients: [{ clientId, clientSecret }],
  tokens: [{ clientId, oauthToken, oauthTokenSecret, userId: 1 }],
})
const sealedClient = sealSecret(clientSecret, { kind: 'client', clientId }, options)
const sealedToken = sealSecret(oauthTokenSecret, { kind: 'token', clientId, oauthToken }, options)
const sealedStore = sealedHooks(
  memoryHooks({
    clients: [{ clientId, clientSecret: sealedClient }],
    tokens: [{ clientId, oauthToken, oauthTokenSecret: sealedToken, userId: 1 }],
  }),
  options,
)

const contender = (protector: ResourceProtector) => ({
  prepare: signedGets,
  run: async (requests: HttpRequest[]) => {
    for (const request of requests) await protector.authenticate(request)
  },
})
const figures = await medianRatios(7, {
  'plain secrets': contender(new ResourceProtector({ hooks: plainStore })),
  'sealed secrets (client and token opened)': contender(new ResourceProtector({ hooks: sealedStore })),
  'sealed secrets behind the credential cache': contender(
    new ResourceProtector({ hooks: { ...sealedStore, ...cachedCredentials(sealedStore) } }),
  ),
})
printTable(
  'The whole check of one signed GET, by how its secrets are stored (medians of 7 rounds)',
  ['', 'us', 'x plain'],
  [...figures].map(([name, { microseconds, ratio }]) => [name, microseconds.toFixed(2), ratio.toFixed(2)]),
)
