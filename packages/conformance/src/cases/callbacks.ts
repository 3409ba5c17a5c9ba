import { casesOf, type GroupCase } from '../conformance-case.ts'
import type { Context } from '../context.ts'
import { expectCredential, expectRefused, isAccepted } from '../expectations.ts'
import { authorizationUrl, decide } from '../flow/decide.ts'
import { initiate, temporaryCredential } from '../flow/steps.ts'
import { withQuery } from '../http/message.ts'
import { Failure, Skip } from '../verdict.ts'

/** Callbacks that no provider accepts, each with its reason. */
const refused: readonly (Pick<GroupCase, 'id' | 'title' | 'why'> & { readonly callback: string })[] = [
  {
    id: 'javascript',
    title: 'A javascript: callback is refused',
    callback: 'javascript://callback.example/%0aalert(1)',
    why: 'Where the provider shows it as a link, a click runs the client’s script on the provider’s page.',
  },
  {
    id: 'data',
    title: 'A data: callback is refused',
    callback: 'data:text/html,<script>alert(1)</script>',
    why: 'The browser would show a page of the client’s making that seems to be the provider’s.',
  },
  {
    id: 'line-break',
    title: 'A callback with a line break is refused',
    callback: 'https://callback.example/\r\nSet-Cookie: session=1',
    why: 'In a Location header it adds headers of the client’s choice.',
  },
  {
    id: 'relative',
    title: 'A relative callback is refused',
    callback: '/callback',
    why: 'It leads to a page of the provider itself, with the verifier in the address.',
  },
]

async function redirection(context: Context, temporary: string, extra: string) {
  const url = withQuery(authorizationUrl(context, temporary), extra)
  return decide(context, context.browser, url, context.target.approve)
}

function registered({ target }: Context): string {
  if (target.callback === undefined) throw new Skip('no callback is given (callback)')
  return target.callback
}

export const callbacks = casesOf('callbacks', [
  ...refused.map(
    ({ callback, ...texts }): GroupCase => ({
      ...texts,
      section: '§2.1',
      level: 'must',
      remedy:
        'Accept absolute http and https URIs, and schemes that the client registered; nothing else but oob.',
      async run(context) {
        const response = await initiate(context, { oauth: { oauth_callback: callback } })
        expectRefused(response, `oauth_callback=${JSON.stringify(callback)}`)
      },
    }),
  ),
  {
    id: 'unregistered',
    title: 'A callback that the client did not register is refused',
    section: '§4.7',
    level: 'should',
    why: 'Anyone who steals a client secret could have approvals sent to their own server.',
    remedy:
      'Register callbacks with the client, and compare them when the temporary credential is requested.',
    async run(context) {
      registered(context)
      const response = await initiate(context, {
        oauth: { oauth_callback: 'https://attacker.example/callback' },
      })
      expectRefused(response, 'a callback that was not registered')
    },
  },
  {
    id: 'look-alike',
    title: 'A callback whose host only starts like the registered one is refused',
    section: '§4.7',
    level: 'should',
    why: 'A prefix comparison accepts client.example.attacker.example.',
    remedy: 'Compare scheme, host and port of a callback exactly.',
    async run(context) {
      const { protocol, host, pathname } = new URL(registered(context))
      if (host === '') throw new Skip('the callback has no host')
      const name = host.replace(/:\d+$/, '')
      const oauth_callback = `${protocol}//${name}.attacker.example${pathname}`
      expectRefused(await initiate(context, { oauth: { oauth_callback } }), oauth_callback)
    },
  },
  {
    id: 'out-of-band',
    title: 'With oob the user is shown a code instead of being redirected',
    section: '§2.1',
    level: 'should',
    why: 'Programs without a web server have no other way.',
    remedy: 'For oauth_callback=oob, show the verifier on a page, in characters that are easy to type.',
    async run(context) {
      const response = await initiate(context, { oauth: { oauth_callback: 'oob' } })
      const { key } = expectCredential(response, 'oauth_callback=oob')
      const { verifier, location, last } = await redirection(context, key, '')
      if (location !== undefined) throw new Failure('a page with the code', `a redirect to ${location}`, last)
      if (verifier === undefined) throw new Failure('a page with the code', 'a page without one', last)
    },
  },
  {
    id: 'query-kept',
    title: 'The callback keeps its query, and the parameters are appended to it',
    section: '§2.2',
    level: 'must',
    why: 'Clients use it to find the user’s session.',
    remedy: 'Append with & if the callback has a query, and leave the rest unchanged.',
    async run(context) {
      const callback = withQuery(registered(context), 'state=a%2Bb%20c')
      const response = await initiate(context, { oauth: { oauth_callback: callback } })
      if (!isAccepted(response)) throw new Skip('the provider accepts no query that was not registered')
      const { location = 'none', last } = await redirection(
        context,
        expectCredential(response, callback).key,
        '',
      )
      if (!location.startsWith(`${callback}&`))
        throw new Failure(`a redirect to ${callback}&…`, location, last)
    },
  },
  {
    id: 'fixed-at-start',
    title: 'A callback in the authorization URL changes nothing',
    section: '§2.2',
    level: 'must',
    why: 'Anyone can write that URL, and the approval would go to an attacker (session fixation).',
    remedy: 'Take the callback from the signed request for the temporary credential only.',
    async run(context) {
      const callback = registered(context)
      const { key } = await temporaryCredential(context)
      const extra = `oauth_callback=${encodeURIComponent('https://attacker.example/callback')}`
      const { location, last } = await redirection(context, key, extra)
      if (location !== undefined && !location.startsWith(callback))
        throw new Failure(`a redirect to ${callback}`, `one to ${location}`, last)
    },
  },
])
