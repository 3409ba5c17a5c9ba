import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { ResourceProtector } from 'countersign'
import { OAuth1Client } from 'countersign/client'
import { requireClient } from 'countersign/fetch'
import { memoryHooks } from 'countersign/memory'
import { mastercard } from 'countersign/profiles'

const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
const rsaPublicKey = keys.publicKey.export({ type: 'spki', format: 'pem' }).toString()
const privateKey = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

const hooks = memoryHooks({ clients: [{ clientId: 'bank', rsaPublicKey }] })
const protector = new ResourceProtector({ hooks, ...mastercard })

const payments = requireClient(protector)(async (request) => Response.json(await request.json()))

const client = new OAuth1Client({
  clientId: 'bank',
  privateKey,
  signatureMethod: 'RSA-SHA256',
  bodyHash: 'always',
})
const signed = await client.signAsync({
  method: 'POST',
  url: 'https://api.example.com/payments',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ amount: 1 }),
})

const send = (body: unknown) => {
  const init = { method: 'POST', headers: signed.headers, body: body as string }
  return payments(new Request(signed.url, init))
}
assert.equal((await send(JSON.stringify({ amount: 1000 }))).status, 401)
assert.deepEqual(await (await send(signed.body)).json(), { amount: 1 })
