import OAuth1Strategy from 'passport-oauth1'
import { expect, it } from 'vitest'
import { App, client } from './app.ts'
import { harness } from './express.ts'

/** What passport gives a strategy to end with. */
type Ending =
  | { readonly redirect: string }
  | { readonly token: string; readonly tokenSecret: string; readonly profile: unknown }

/** One visit to the consumer's login page, as passport makes it: the strategy ends in one of four ways. */
function visit(strategy: OAuth1Strategy, req: object): Promise<Ending> {
  return new Promise((resolve, reject) => {
    const run = Object.assign(Object.create(strategy), {
      redirect: (redirect: string) => resolve({ redirect }),
      success: (user: Ending) => resolve(user),
      fail: (info: unknown) => reject(new Error(JSON.stringify(info))),
      error: reject,
    }) as OAuth1Strategy
    run.authenticate(req, {})
  })
}

it('signs a user in by passport-oauth1', async () => {
  const served = await harness.serve(new App(), { parser: 'none', trust: false })
  const { base } = served
  try {
    const strategy = new OAuth1Strategy(
      {
        requestTokenURL: `${base}/oauth/initiate`,
        accessTokenURL: `${base}/oauth/token`,
        userAuthorizationURL: `${base}/oauth/authorize`,
        consumerKey: client.clientId,
        consumerSecret: client.clientSecret as string,
        callbackURL: client.callbacks?.[0] as string,
      },
      (token, tokenSecret, profile, done) => done(null, { token, tokenSecret, profile }),
    )
    strategy.userProfile = (token, tokenSecret, _params, done) =>
      strategy._oauth.get(`${base}/api/echo`, token, tokenSecret, (error, body) =>
        done(error, error ? undefined : JSON.parse(String(body))),
      )
    const session = {}
    const first = await visit(strategy, { session, query: {} })
    if (!('redirect' in first)) throw new Error('passport should have redirected')
    const approved = await fetch(first.redirect, { redirect: 'manual' })
    const back = new URL(approved.headers.get('location') ?? '')
    const user = await visit(strategy, { session, query: Object.fromEntries(back.searchParams) })
    expect(user).toMatchObject({ profile: { user: 'user 7' } })
  } finally {
    await served.close()
  }
})
