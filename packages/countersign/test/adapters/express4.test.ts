import { createServer } from 'node:http'
import { currentCredential, requireOAuth } from 'countersign/express'
import express4 from 'express4'
import { expect, it } from 'vitest'
import { App } from './app.ts'
import { send } from './client.ts'
import { harness } from './express4.ts'
import { listen } from './listen.ts'
import { behavesLikeTheOthers } from './suite.ts'

behavesLikeTheOthers(harness)

it.each([
  ['loopback', 'https://api.example.com:8443'],
  ['10.0.0.1', undefined],
])('Express 4 says whom to believe: trusts %s', async (trusted, origin) => {
  const web = express4()
  web.set('trust proxy', trusted)
  web.get('/x', requireOAuth(new App().protector), (req, res) => {
    res.json(currentCredential(req).userId)
  })
  const { base, close } = await listen(createServer(web))
  const headers = {
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'api.example.com:8443, inner.example.com',
  }
  expect(await send({ base, path: '/x', headers, ...(origin ? { origin } : {}) })).toMatchObject({
    status: 200,
  })
  await close()
})
