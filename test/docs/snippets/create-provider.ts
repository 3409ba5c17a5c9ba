// The provider in a test of one's own: packages/provider/README.md shows it.

import { createProvider } from '@countersign/provider'
import { OAuth1Client } from 'countersign/client'

const provider = await createProvider({
  port: 0,
  database: ':memory:',
  logLevel: 'silent',
  users: [{ name: 'anna' }],
  clients: [{ key: 'album', secret: 'album-secret', callbacks: ['https://album.example/callback'] }],
})
const { address } = provider

// The application under test does this; here the library's client stands for it.
const endpoints = {
  initiate: `${address}/oauth/initiate`,
  authorize: `${address}/oauth/authorize`,
  token: `${address}/oauth/token`,
}
const client = new OAuth1Client({ clientId: 'album', clientSecret: 'album-secret', endpoints })
const temporary = await client.requestTemporaryCredential('https://album.example/callback')

// What Anna would do in her browser: allow. `deny` refuses.
const { oauthVerifier, location } = await provider.approve(temporary.oauthToken, 'anna')
console.log(location)

const token = await client.requestToken(temporary, oauthVerifier ?? '')
const me = await client.withToken(token).fetch(`${address}/api/me`)
console.log(await me.json())
await provider.close()
