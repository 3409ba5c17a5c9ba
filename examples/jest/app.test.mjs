import { app } from './app.mjs'

test('an unsigned request is refused', async () => {
  const server = app.listen(0)
  const { status } = await fetch(`http://localhost:${server.address().port}/api/me`)
  server.close()
  expect(status).toBe(401)
})
