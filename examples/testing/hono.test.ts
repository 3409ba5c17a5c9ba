import { ResourceProtector } from 'countersign'
import { currentCredential, requireOAuth } from 'countersign/hono'
import { Hono } from 'hono'
import { expect, it } from 'vitest'
import { hooks } from './app.ts'
import { ada } from './clients.ts'

const protector = new ResourceProtector({ hooks })
const app = new Hono()
app.get('/api/me', requireOAuth(protector), (c) => c.json({ userId: currentCredential(c).userId }))
app.post('/api/notes', requireOAuth(protector), async (c) => c.json(await c.req.parseBody(), 201))

it('says who asks', async () => {
  const response = await app.request(ada.request('/api/me'))
  expect(await response.json()).toEqual({ userId: 'ada' })
})

it('writes a note', async () => {
  const form = { text: 'Buy milk & bread' }
  const response = await app.request(ada.request('/api/notes', { method: 'POST', form }))
  expect(await response.json()).toEqual(form)
})
