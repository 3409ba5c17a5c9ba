import { type HttpResponse, verifySignature } from 'countersign'
import { nonceHooks } from 'countersign/cache'
import { endpoint } from 'countersign/express'
import { memoryCache } from 'countersign/memory'
import { lti11 } from 'countersign/profiles'
import express from 'express'
import { escaped, type Gradebook, sendGrade } from './outcome.ts'

/** The platforms that may launch this tool, by their keys. */
const secrets: Readonly<Record<string, string>> = { moodle: process.env['MOODLE_SECRET'] ?? 'moodle-secret' }
const { recordNonce } = nonceHooks(memoryCache())
/** Users who have the tool open: a real tool keeps sessions. */
const gradebooks = new Map<string, Gradebook>()

const launch = endpoint(async (request) => {
  const { clientId = '', parameters } = await verifySignature(request, secrets, { ...lti11, recordNonce })
  const launched = new Map(parameters)
  const name = launched.get('lis_person_name_full') ?? 'there'
  const session = crypto.randomUUID()
  const [url, sourcedId] = [launched.get('lis_outcome_service_url'), launched.get('lis_result_sourcedid')]
  if (url && sourcedId)
    gradebooks.set(session, { clientId, clientSecret: secrets[clientId] ?? '', url, sourcedId })
  return page(`<h1>Hello ${escaped(name)}</h1>
<form method="post" action="/done"><button name="session" value="${session}">I have done it</button></form>`)
})

const done = endpoint(async (request) => {
  const session = new URLSearchParams(request.body).get('session') ?? ''
  const gradebook = gradebooks.get(session)
  if (gradebook === undefined) return page('<p>Open the tool in your course again.</p>', 403)
  return (await sendGrade(gradebook, 1))
    ? page('<p>Your grade is in the gradebook.</p>')
    : page('<p>The platform did not take the grade.</p>', 502)
})

function page(body: string, status = 200): HttpResponse {
  return { status, headers: { 'content-type': 'text/html; charset=utf-8' }, body }
}

const app = express()
app.post('/launch', launch)
app.post('/done', done)
const port = process.env['PORT'] ?? 3000
app.listen(port).on('listening', () => console.log(`Listening on http://localhost:${port}`))
