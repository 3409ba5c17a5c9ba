import { createHmac } from 'node:crypto'
import { diagnoseSignature } from 'countersign/diagnose'
import {
  formatAuthorizationHeader,
  type HttpRequest,
  type Parameter,
  parseForm,
  percentEncode,
  signatureBaseString,
} from 'countersign/protocol'
import { client, token } from './credentials.ts'
import { median, printTable } from './measure.ts'

const base = 'https://photos.example.net/photos'
const query = 'file=vacation%20in%20Rome.jpg&size=original&tag=b&tag=a'
const protocol: [name: string, value: string][] = [
  ['oauth_consumer_key', client.clientId],
  ['oauth_nonce', 'kllo9940pd9333jh'],
  ['oauth_signature_method', 'HMAC-SHA1'],
  ['oauth_timestamp', '1700000000'],
  ['oauth_token', token.oauthToken],
  ['oauth_version', '1.0'],
]
const parameters: Parameter[] = [...protocol.map(([name, value]) => ({ name, value })), ...parseForm(query)]
const rightKey = `${client.clientSecret}&${token.oauthTokenSecret}`
const right = signatureBaseString('GET', base, parameters)

function request(key: string, text: string): HttpRequest {
  const signature = createHmac('sha1', key).update(text).digest('base64')
  const authorization = formatAuthorizationHeader([...protocol, ['oauth_signature', signature]])
  return { method: 'GET', url: `${base}?${query}`, headers: { authorization } }
}

const overHttp = right.replace('https', 'http')
const asPlus = right.replaceAll('%2520', '%2B')
const requests: readonly (readonly [name: string, request: HttpRequest])[] = [
  ['signed right', request(rightKey, right)],
  ['without the token’s secret', request(`${client.clientSecret}&`, right)],
  ['for http', request(rightKey, overHttp)],
  ['with + for a space', request(rightKey, asPlus)],
  ['for http, with + for a space', request(rightKey, asPlus.replace('https', 'http'))],
  ['for http, without the token’s secret', request(`${client.clientSecret}&`, overHttp)],
  ['with another secret: every trial is made', request(percentEncode('of another'), right)],
]
const rounds = 41

/** How many signatures the diagnosis of a usual request computes, and how long it takes. */
export async function benchDiagnosis(): Promise<void> {
  const secrets = { clientSecret: client.clientSecret, tokenSecret: token.oauthTokenSecret }
  const rows = requests.map(([name, given]) => {
    const times: number[] = []
    let found = diagnoseSignature(given, secrets)
    for (let round = 0; round < rounds; round++) {
      const start = process.hrtime.bigint()
      found = diagnoseSignature(given, secrets)
      times.push(Number(process.hrtime.bigint() - start) / 1e6)
    }
    return [
      name,
      found.outcome,
      String(found.trials),
      median(times).toFixed(2),
      Math.max(...times).toFixed(1),
    ]
  })
  printTable(
    `A diagnosis of a GET with four parameters (${rounds} rounds)`,
    ['signed', 'outcome', 'trials', 'ms, median', 'ms, most'],
    rows,
  )
}
