import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { OAuth1Error, verifySignature } from 'countersign'
import { httpRequest } from 'countersign/node'
import { lti11 } from 'countersign/profiles'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { formOf, ThirdParty } from '../../test/support/third-party.ts'
import { patience, type Running, start } from '../start.ts'

const moodle = new ThirdParty({ key: 'moodle', secret: 'moodle-secret' })
const stranger = new ThirdParty({ key: 'moodle', secret: 'guessed' })
const success = '<imsx_codeMajor>success</imsx_codeMajor>'
const outcomes: string[] = []
let app: Running
let platform: Server
let gradebook = ''

/** The platform's side of outcomes: it only accepts requests that the tool signed, including the body. */
async function takeOutcome(request: Awaited<ReturnType<typeof httpRequest>>): Promise<[number, string]> {
  try {
    await verifySignature(request, { moodle: 'moodle-secret' }, { ...lti11, bodyHash: 'required' })
    outcomes.push(new TextDecoder().decode(await request.bytes?.()))
    return [200, success]
  } catch (error) {
    if (!(error instanceof OAuth1Error)) throw error
    return [error.status, error.code]
  }
}

beforeAll(async () => {
  app = await start(import.meta.dirname, { flags: ['--conditions=countersign-source'] })
  platform = createServer(async (req, res) => {
    const [status, text] = await takeOutcome(await httpRequest(req))
    res.writeHead(status).end(text)
  }).listen(0, '127.0.0.1')
  await once(platform, 'listening')
  gradebook = `http://127.0.0.1:${(platform.address() as AddressInfo).port}/outcomes?course=1`
}, patience)
afterAll(async () => {
  await app?.stop()
  platform?.closeAllConnections()
  platform?.close()
})

/** The request that a platform makes the browser send. */
function launchForm(signer: ThirdParty, url: string): URLSearchParams {
  const data = {
    ...{ lti_message_type: 'basic-lti-launch-request', lti_version: 'LTI-1p0', resource_link_id: '7' },
    ...{ lis_person_name_full: 'Ada <Lovelace>', oauth_callback: 'about:blank' },
    ...{ lis_outcome_service_url: gradebook, lis_result_sourcedid: 'course:1&user:2' },
  }
  return formOf(signer.parameters('POST', url, { data }))
}

async function launched(form: URLSearchParams, query = ''): Promise<[status: number, page: string]> {
  const response = await fetch(`${app.origin}/launch${query}`, { method: 'POST', body: form })
  return [response.status, await response.text()]
}

async function done(session: string): Promise<[status: number, page: string]> {
  const response = await fetch(`${app.origin}/done`, {
    method: 'POST',
    body: new URLSearchParams({ session }),
  })
  return [response.status, await response.text()]
}

it('a launch shows the user’s name, once', async () => {
  const form = launchForm(moodle, `${app.origin}/launch`)
  expect(await launched(form)).toEqual([200, expect.stringContaining('Hello Ada &#60;Lovelace&#62;')])
  expect(await launched(form)).toEqual([401, expect.stringContaining('invalid_nonce')])
})

it('a launch whose query Canvas repeats in the form is one, too', async () => {
  const form = launchForm(moodle, `${app.origin}/launch?module=3`)
  form.append('module', '3')
  const [status] = await launched(form, '?module=3')
  expect(status).toBe(200)
})

it('a launch by a stranger, or with another user’s name, is refused', async () => {
  expect((await launched(launchForm(stranger, `${app.origin}/launch`)))[0]).toBe(401)
  const form = launchForm(moodle, `${app.origin}/launch`)
  form.set('lis_person_name_full', 'Eve')
  expect((await launched(form))[0]).toBe(401)
})

it('a grade reaches the platform, signed with the hash of its body', async () => {
  const [, page] = await launched(launchForm(moodle, `${app.origin}/launch`))
  const session = /value="([^"]+)"/.exec(page)?.[1] ?? ''
  expect(await done(session)).toEqual([200, expect.stringContaining('in the gradebook')])
  expect(outcomes).toEqual([expect.stringContaining('<sourcedId>course:1&#38;user:2</sourcedId>')])
  expect(outcomes[0]).toContain('<textString>1</textString>')
  expect((await done('no-session'))[0]).toBe(403)
})

it(
  'the platform of the guide launches the tool and takes its grade',
  async () => {
    const course = await start(import.meta.dirname, {
      flags: ['--conditions=countersign-source'],
      script: 'node platform.ts',
      args: [`${app.origin}/launch`],
    })
    try {
      const fields = (await (await fetch(course.origin)).text()).matchAll(/name="([^"]+)" value="([^"]*)"/g)
      const form = new URLSearchParams()
      for (const [, name = '', value = ''] of fields) form.append(name, unescaped(value))
      const [status, page] = await launched(form)
      expect([status, page]).toEqual([200, expect.stringContaining('Hello Ada Lovelace')])
      const session = /value="([^"]+)"/.exec(page)?.[1] ?? ''
      expect(await done(session)).toEqual([200, expect.stringContaining('in the gradebook')])
    } finally {
      await course.stop()
    }
  },
  patience,
)

function unescaped(text: string): string {
  return text.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
}

it('the platform refuses a grade that was changed on its way, or that carries no hash', async () => {
  const body = '<replaceResultRequest/>'
  const bodyHash = Buffer.from(await crypto.subtle.digest('SHA-1', Buffer.from(body))).toString('base64')
  const send = async (data: Record<string, string>, sent: string) => {
    const headers = {
      authorization: moodle.authorization('POST', gradebook, { data }),
      'content-type': 'application/xml',
    }
    const response = await fetch(gradebook, { method: 'POST', headers, body: sent })
    return [response.status, await response.text()]
  }
  expect(await send({ oauth_body_hash: bodyHash }, body)).toEqual([200, success])
  expect(await send({ oauth_body_hash: bodyHash }, '<deleteResultRequest/>')).toEqual([
    401,
    'invalid_signature',
  ])
  expect(await send({}, body)).toEqual([400, 'missing_required_parameter'])
})
