import request from 'supertest'
import { expect, it } from 'vitest'
import { app, server } from './app.ts'
import { ada, client } from './clients.ts'

it('says who asks', async () => {
  const response = await request(app).get('/api/me').set(ada.headers('/api/me'))
  expect(response.body).toEqual({ userId: 'ada' })
})

it('writes a note', async () => {
  const form = new URLSearchParams({ text: 'Buy milk & bread' })
  const headers = ada.headers('/api/notes', { method: 'POST', form })
  const response = await request(app).post('/api/notes').set(headers).send(form.toString())
  expect(response.status).toBe(201)
  expect(response.body).toEqual({ text: 'Buy milk & bread' })
})

it.each([
  ['invalid_nonce', { timestamp: 1 }],
  ['invalid_signature', { clientSecret: 'wrong' }],
  ['invalid_signature', { token: { oauthToken: 'unknown', oauthTokenSecret: 'x' } }],
  ['missing_required_parameter', { token: null }],
])('refuses with %s a request made with %j', async (error, made) => {
  const response = await request(app).get('/api/me').set(ada.headers('/api/me', made))
  expect(response.body.error).toBe(error)
})

it('refuses a request that is sent twice', async () => {
  const headers = ada.headers('/api/me')
  expect((await request(app).get('/api/me').set(headers)).status).toBe(200)
  expect((await request(app).get('/api/me').set(headers)).status).toBe(401)
})

it('refuses a form that was changed on its way', async () => {
  const headers = ada.headers('/api/notes', { method: 'POST', form: { text: 'Buy milk' } })
  const response = await request(app).post('/api/notes').set(headers).send('text=Buy+wine')
  expect(response.body.error).toBe('invalid_signature')
})

it('refuses a token without the scope', async () => {
  const reader = client.withToken(await server.issueToken({ clientId: 'demo', userId: 'ada' }))
  const headers = reader.headers('/api/notes', { method: 'POST', form: { text: 'x' } })
  const response = await request(app).post('/api/notes').set(headers).send('text=x')
  expect([response.status, response.body.error]).toEqual([403, 'insufficient_scope'])
})

it('refuses a revoked token', async () => {
  const token = await server.issueToken({ clientId: 'demo', userId: 'ada' })
  await server.revokeToken('demo', token.oauthToken)
  const headers = client.withToken(token).headers('/api/me')
  expect((await request(app).get('/api/me').set(headers)).status).toBe(401)
})
