import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Outcome, Strategy } from 'passport-oauth1'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { callbackPath, openSetting, type Setting } from './setting.ts'

describe('passport-oauth1 (npm)', () => {
  let setting: Setting
  let server: Server
  let application: string

  /** A web application that signs its users in with the provider, as passport runs the strategy. */
  beforeAll(async () => {
    setting = await openSetting()
    const { site, client } = setting
    const session = {}
    server = createServer((req, res) => {
      const url = new URL(req.url ?? '', application)
      const request = {
        query: Object.fromEntries(url.searchParams),
        session,
        headers: req.headers,
        url: req.url,
      }
      const outcome: Outcome = {
        redirect: (location) => res.writeHead(302, { location }).end(),
        success: (user) => res.end(JSON.stringify(user)),
        fail: (why) => res.writeHead(401).end(JSON.stringify(why)),
        error: (error) => res.writeHead(500).end(String(error)),
      }
      Object.assign(Object.create(strategy), outcome).authenticate(request)
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    application = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const strategy = new Strategy(
      {
        requestTokenURL: `${site}/oauth/initiate`,
        accessTokenURL: `${site}/oauth/token`,
        userAuthorizationURL: `${site}/oauth/authorize`,
        consumerKey: client.key,
        consumerSecret: client.secret,
        callbackURL: `${application}${callbackPath}?next=%2Fhome`,
      },
      (token, secret, _profile, done) => done(null, { token, secret }),
    )
  })
  afterAll(async () => {
    server?.close()
    await setting?.close()
  })

  /** Goes to the application's sign-in and decides at the provider; returns what the application shows in the end. */
  async function signIn(decision: 'allow' | 'deny') {
    const started = await fetch(`${application}/sign-in`, { redirect: 'manual' })
    const authorize = started.headers.get('location') ?? ''
    await setting.visitor.open(authorize.replace(setting.site, ''))
    const { leftFor = '' } = await setting.visitor.submit('/oauth/authorize', { decision })
    expect(leftFor.startsWith(`${application}${callbackPath}?next=%2Fhome&oauth_token=`)).toBe(true)
    return fetch(leftFor)
  }

  it('signs a user in by the redirects of the whole flow', async () => {
    const signedIn = await signIn('allow')
    expect(signedIn.status).toBe(200)
    expect(await signedIn.json()).toEqual({
      token: expect.stringMatching(/^[\w-]{42}$/),
      secret: expect.stringMatching(/^[\w-]{48}$/),
    })
  })

  it('is refused a token when the user denies', async () => {
    expect((await signIn('deny')).status).not.toBe(200)
  })
})
