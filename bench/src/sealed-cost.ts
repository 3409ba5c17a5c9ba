// node --conditions=countersign-source bench/src/sealed-cost.ts
import { randomBytes } from 'node:crypto'
import { type HttpRequest, ResourceProtector } from 'countersign'
import { cachedCredentials } from 'countersign/credential-cache'
import { memoryHooks } from 'countersign/memory'
import { sealedHooks, sealSecret } from 'countersign/sealed'
import { authorizationFor, client, token } from './credentials.ts'
import { medianTimes, printTable } from './measure.ts'

const url = 'http://photos.example.net/photos?file=vacation.jpg&size=original'

function signedGets(): HttpRequest[] {
  return Array.from({ length: 5_000 }, () => ({
    method: 'GET',
    url,
    headers: { authorization: authorizationFor(url) },
  }))
}

const options = { keys: [{ id: 'k1', key: randomBytes(32) }], requireSealed: true }
const plainStore = memoryHooks({ clients: [client], tokens: [token] })
const clientSecret = sealSecret(client.clientSecret, { kind: 'client', clientId: client.clientId }, options)
const oauthTokenSecret = sealSecret(token.oauthTokenSecret, { kind: 'token', ...token }, options)
const sealedStore = sealedHooks(
  memoryHooks({ clients: [{ ...client, clientSecret }], tokens: [{ ...token, oauthTokenSecret }] }),
  options,
)

const contender = (protector: ResourceProtector) => ({
  prepare: signedGets,
  run: async (requests: HttpRequest[]) => {
    for (const request of requests) await protector.authenticate(request)
  },
})
const figures = await medianTimes(7, {
  'plain secrets': contender(new ResourceProtector({ hooks: plainStore })),
  'sealed secrets (client and token opened)': contender(new ResourceProtector({ hooks: sealedStore })),
  'sealed secrets with the credential cache': contender(
    new ResourceProtector({ hooks: { ...sealedStore, ...cachedCredentials(sealedStore) } }),
  ),
})
const [plain = 1] = figures.values()
printTable(
  'The whole check of one signed GET, by how its secrets are stored (medians of 7 rounds)',
  ['', 'us', 'x plain'],
  [...figures].map(([name, microseconds]) => [
    name,
    microseconds.toFixed(2),
    (microseconds / plain).toFixed(2),
  ]),
)
