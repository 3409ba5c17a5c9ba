import { verifySignature } from 'countersign'
import { OAuth1Client } from 'countersign/client'
import { endpoint } from 'countersign/express'
import { lti11 } from 'countersign/profiles'
import express from 'express'
import { escaped } from './outcome.ts'

const tool = process.argv[2] ?? 'http://localhost:3000/launch'
const port = process.env['PORT'] ?? 4000
const client = new OAuth1Client({ clientId: 'moodle', clientSecret: 'moodle-secret', place: 'body' })

const app = express()
app.get('/', (_req, res) => {
  const fields = new URLSearchParams({
    lti_message_type: 'basic-lti-launch-request',
    lti_version: 'LTI-1p0',
    resource_link_id: '7',
    lis_person_name_full: 'Ada Lovelace',
    lis_outcome_service_url: `http://localhost:${port}/grades`,
    lis_result_sourcedid: 'course:1&user:2',
  })
  const { body } = client.sign({ method: 'POST', url: tool, body: fields })
  const inputs = Array.from(
    new URLSearchParams(String(body)),
    ([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`,
  )
  res.send(`<!doctype html><title>A course</title>
<form method="post" action="${escaped(tool)}">${inputs.join('\n')}<button>Open the tool</button></form>`)
})

const grades = endpoint(async (request) => {
  await verifySignature(request, { moodle: 'moodle-secret' }, { ...lti11, bodyHash: 'required' })
  const xml = new TextDecoder().decode(await request.bytes?.())
  console.log(`Grade: ${/<textString>(.*)<\/textString>/.exec(xml)?.[1]}`)
  const headers = { 'content-type': 'application/xml' }
  return { status: 200, headers, body: '<imsx_codeMajor>success</imsx_codeMajor>' }
})
app.post('/grades', grades)

app.listen(port).on('listening', () => console.log(`Open http://localhost:${port}`))
