import assert from 'node:assert/strict'
import { AuthorizationServer, type OAuth1Event, ResourceProtector } from 'countersign'
import { requireOAuth } from 'countersign/fetch'
import { hooks, signed } from '../app.ts'

const lines: string[] = []
const console = { log: (line: string) => void lines.push(line) }

/** One line of JSON for each event; a description may quote what a stranger sent, and JSON keeps it on its line. */
function log(event: OAuth1Event): void {
  const error = 'error' in event ? { error: event.error.message } : {}
  console.log(JSON.stringify({ time: new Date().toISOString(), ...event, ...error }))
}

const counts = new Map<string, number>()

/** Counts by labels that have few values. One with a client or user in it would grow with their number. */
function count(event: OAuth1Event): void {
  const labels = {
    type: event.type,
    ...('endpoint' in event && { endpoint: event.endpoint }),
    ...('code' in event && { code: event.code }),
    ...('hook' in event && { hook: event.hook }),
  }
  const text = Object.entries(labels).map(([name, value]) => `${name}="${value}"`)
  const series = `oauth1_events_total{${text.join(',')}}`
  counts.set(series, (counts.get(series) ?? 0) + 1)
}

/** The page that Prometheus reads. */
function metrics(): string {
  return [...counts].map(([series, value]) => `${series} ${value}\n`).join('')
}

const on = (event: OAuth1Event) => {
  count(event)
  if (event.type !== 'accepted') log(event)
}
const server = new AuthorizationServer({ hooks, on })
const protector = new ResourceProtector({ hooks, on })

const me = requireOAuth(protector)(() => new Response())
const request = signed('GET', 'https://api.example.com/me')
await me(request.clone())
await me(request)
await server.revokeToken('demo', 'token')
assert.equal(
  metrics(),
  `oauth1_events_total{type="accepted",endpoint="resource"} 1
oauth1_events_total{type="refused",endpoint="resource",code="invalid_nonce"} 1
oauth1_events_total{type="revoked"} 1
`,
)
const [refused, revoked] = lines.map((line) => JSON.parse(line))
assert.equal(refused.clientId, 'demo')
assert.match(refused.description, /nonce/)
assert.deepEqual([revoked.type, revoked.clientId, lines.length], ['revoked', 'demo', 2])
assert.doesNotMatch(lines.join(), /token-secret|demo-secret|oauth_signature/)
