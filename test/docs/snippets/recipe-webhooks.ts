import assert from 'node:assert/strict'
import { OAuth1Error, verifySignature } from 'countersign'
import { nonceHooks } from 'countersign/cache'
import { OAuth1Client } from 'countersign/client'
import { httpRequest } from 'countersign/fetch'
import { memoryCache } from 'countersign/memory'

const arrived: unknown[] = []
const receive = (event: unknown) => arrived.push(event)

const sender = new OAuth1Client({
  clientId: 'photos',
  clientSecret: 'photos-secret',
  signatureMethod: 'HMAC-SHA256',
  bodyHash: 'always',
  retries: 3,
  fetch: async (input, init) => hook(new Request(input, init)),
})
const notify = (event: object) =>
  sender.fetch('https://printer.example.com/hooks/photos', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(event),
  })

const { recordNonce } = nonceHooks(memoryCache())
const secrets = { photos: 'photos-secret' }

async function hook(request: Request): Promise<Response> {
  try {
    const signed = await httpRequest(request)
    await verifySignature(signed, secrets, {
      supportedSignatureMethods: ['HMAC-SHA256'],
      bodyHash: 'required',
      recordNonce,
    })
    receive(await request.json())
    return new Response(null, { status: 204 })
  } catch (error) {
    if (!(error instanceof OAuth1Error)) throw error
    return new Response(error.code, { status: error.status })
  }
}

assert.equal((await notify({ photo: 7 })).status, 204)
assert.deepEqual(arrived, [{ photo: 7 }])
const { headers, url } = sender.sign({ method: 'POST', url: 'https://printer.example.com/hooks/photos' })
const forged = new Request(url, { method: 'POST', headers, body: '{"photo":8}' })
assert.equal((await hook(forged)).status, 401)
