import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import { AuthorizationServer, type OAuth1Event, ResourceProtector } from 'countersign'
import {
  compareBaseStrings,
  diagnoser,
  diagnoseSignature,
  parseBaseString,
  parseRequestText,
} from 'countersign/diagnose'
import { requireOAuth } from 'countersign/fetch'
import { hooks, signed } from '../app.ts'

const lines: object[] = []
const log = (line: object) => void lines.push(line)

const on = (event: OAuth1Event) => {
  if (event.type !== 'refused' || event.diagnosis === undefined) return
  const { outcome, causes, proven } = event.diagnosis
  log({
    client: event.clientId ?? event.claimedClientId,
    proven,
    outcome,
    causes: causes.map(({ code }) => code),
  })
}
const diagnose = diagnoser()
const server = new AuthorizationServer({ hooks, on, diagnose })
const protector = new ResourceProtector({ hooks, on, diagnose })

// A client that forgot the secret of its token.
const url = 'https://api.example.com/me'
const authorization = signed('GET', url, { tokenSecret: '' }).headers.get('authorization') ?? ''
const request = { method: 'GET', url, headers: { authorization } }

const refusal = await requireOAuth(protector)(() => new Response())(new Request(request.url, request))
assert.equal(refusal.status, 401)
assert.equal(JSON.parse(await refusal.text()).advice, undefined)
while (lines.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
assert.equal(
  inspect(lines[0]),
  "{\n  client: 'demo',\n  proven: true,\n  outcome: 'explained',\n  causes: [ 'token-secret-missing' ]\n}",
)
const response = await server.token.handle({ ...request, method: 'POST' })
assert.equal(response.status, 400)

const { outcome, causes, ruledOut, baseStrings } = diagnoseSignature(
  request,
  { clientSecret: 'demo-secret', tokenSecret: 'token-secret' },
  { baseStrings: true },
)
assert.equal(outcome, 'explained')
assert.deepEqual(ruledOut, [])
assert.match(causes[0]?.summary ?? '', /without the secret of the token/)
assert.equal(baseStrings?.signed, baseStrings?.expected)
assert.equal(baseStrings?.signedKey, 'client secret &')

const secrets = { clientSecret: 'demo-secret', tokenSecret: 'token-secret' }
const pasted = `curl 'https://api.example.com/me' -H 'Authorization: ${authorization}'`
const { request: read, content } = parseRequestText(pasted)
const found = diagnoseSignature(read, secrets, { content })
assert.deepEqual(found.causes, causes)

const expected = baseStrings?.expected ?? ''
const logged = expected.replace('demo', 'other')
const { problems } = parseBaseString('get&https%3A%2F%2Fapi.example.com%2Fme&a%3D1')
const different = compareBaseStrings(expected, logged).filter(({ differs }) => differs)
assert.match(problems[0] ?? '', /in capitals/)
assert.equal(different.length, 1)
