import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { after, test } from 'node:test'
import { approvedBy, TestClient } from 'countersign/testing'
import { app, server } from './app.ts'

const web = app.listen(0)
await once(web, 'listening')
after(() => web.close())

const { port } = web.address() as AddressInfo
const origin = `http://localhost:${port}`
const client = new TestClient({ clientId: 'demo', clientSecret: 'demo-secret', origin })

test('a client gets a token by the flow, and reads with it', async () => {
  const ada = await client.authorize(approvedBy(server, { id: 'ada' }))
  const response = await ada.fetch('/api/me')
  assert.deepEqual(await response.json(), { userId: 'ada' })
})

test('a client that was denied gets none', async () => {
  await assert.rejects(client.authorize(approvedBy(server, null)), { code: 'access_denied' })
})
