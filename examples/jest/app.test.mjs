import { TestClient } from 'countersign/testing'
import { app, server } from './app.mjs'

const listener = app.listen(0)
afterAll(() => listener.close())
const origin = `http://localhost:${listener.address().port}`

test('an unsigned request is refused', async () => {
  expect((await fetch(`${origin}/api/me`)).status).toBe(401)
})

test('a signed request is accepted', async () => {
  const token = await server.issueToken({ clientId: 'demo', userId: 'ada' })
  const ada = new TestClient({ clientId: 'demo', clientSecret: 'demo-secret', origin, token })
  expect(await (await ada.fetch('/api/me')).json()).toEqual({ userId: 'ada' })
})
