import { ResourceProtector } from 'countersign'
import { countersign, currentCredential, requireOAuth } from 'countersign/fastify'
import fastify from 'fastify'
import { expect, it } from 'vitest'
import { hooks } from './app.ts'
import { ada } from './clients.ts'

const protector = new ResourceProtector({ hooks })
const app = fastify()
await app.register(countersign)
app.get('/api/me', { onRequest: requireOAuth(protector) }, (request) => {
  return { userId: currentCredential(request).userId }
})
app.post('/api/notes', { onRequest: requireOAuth(protector) }, (request) => request.body)

it('says who asks', async () => {
  const response = await app.inject(ada.inject('/api/me'))
  expect(response.json()).toEqual({ userId: 'ada' })
})

it('writes a note', async () => {
  const form = { text: 'Buy milk & bread' }
  const response = await app.inject(ada.inject('/api/notes', { method: 'POST', form }))
  expect(response.json()).toEqual(form)
})
