import { casesOf } from '../conformance-case.ts'
import { expectAccepted, expectCredential, expectOneAccepted, expectRefused } from '../expectations.ts'
import { initiation, newToken, protectedRequest, sharedToken } from '../flow/steps.ts'
import { nonce, now, spoiled } from '../signing.ts'

const remedy =
  'Keep client, token, timestamp and nonce of every accepted request until its timestamp is too old.'

export const replay = casesOf('replay', [
  {
    id: 'protected-request',
    title: 'A protected request that comes a second time is refused',
    section: '§3.3',
    level: 'must',
    why: 'Whoever overhears a request could send it again.',
    remedy,
    async run(context) {
      const request = await protectedRequest(context)
      expectAccepted(await context.send(request), 'a protected request')
      expectRefused(await context.send(request), 'the same request again')
    },
  },
  {
    id: 'race',
    title: 'Of ten equal requests at the same time, one is accepted',
    section: '§3.3',
    level: 'must',
    why: 'A look-up before the insertion lets all of them through.',
    remedy: 'Insert the nonce under a unique key, and refuse the request when it was there.',
    async run(context) {
      expectOneAccepted(await context.race(await protectedRequest(context), 10), 'equal requests')
    },
  },
  {
    id: 'initiate',
    title: 'A request for a temporary credential that comes a second time is refused',
    section: '§3.3',
    level: 'must',
    why: 'The token endpoints are signed requests like others.',
    remedy,
    async run(context) {
      const request = initiation(context)
      expectCredential(await context.send(request), 'a request for a temporary credential')
      expectRefused(await context.send(request), 'the same request again')
    },
  },
  {
    id: 'changed-signature-only',
    title: 'A used nonce is refused in another request, too',
    section: '§3.3',
    level: 'must',
    why: 'The rule is about the nonce, not about equal requests.',
    remedy,
    async run(context) {
      const oauth = { oauth_nonce: nonce(), oauth_timestamp: now() }
      expectAccepted(await context.send(await protectedRequest(context, { oauth })), 'a protected request')
      const url = `${context.target.resource}${context.target.resource.includes('?') ? '&' : '?'}other=1`
      expectRefused(
        await context.send(await protectedRequest(context, { oauth, url })),
        'a nonce that was used',
      )
    },
  },
  {
    id: 'other-timestamp',
    title: 'A nonce is accepted again with another timestamp',
    section: '§3.3',
    level: 'should',
    why: 'Clients with counters start anew; the RFC asks for uniqueness at one time only.',
    remedy: 'Make the timestamp a part of the key under which a nonce is kept.',
    async run(context) {
      const oauth_nonce = nonce()
      for (const ahead of [-2, -1]) {
        const oauth = { oauth_nonce, oauth_timestamp: now(ahead) }
        expectAccepted(
          await context.send(await protectedRequest(context, { oauth })),
          `the nonce at ${ahead} s`,
        )
      }
    },
  },
  {
    id: 'other-token',
    title: 'A nonce is accepted again with another token',
    section: '§3.3',
    level: 'should',
    why: 'Users of one client do not know each other’s nonces.',
    remedy: 'Make the token a part of the key under which a nonce is kept.',
    async run(context) {
      const oauth = { oauth_nonce: nonce(), oauth_timestamp: now() }
      for (const token of [await sharedToken(context), await newToken(context)])
        expectAccepted(
          await context.send(await protectedRequest(context, { oauth, token })),
          'the nonce of another token',
        )
    },
  },
  {
    id: 'same-second',
    title: 'Several requests in one second are accepted',
    section: '§3.3',
    level: 'must',
    why: 'Providers that keep one time a client, or demand that it grows, refuse parallel calls.',
    remedy: 'Keep a record for every nonce, not for every second.',
    async run(context) {
      const oauth_timestamp = now()
      for (let call = 0; call < 3; call++) {
        const request = await protectedRequest(context, { oauth: { oauth_timestamp, oauth_nonce: nonce() } })
        expectAccepted(await context.send(request), 'several requests in one second')
      }
    },
  },
  {
    id: 'spent-by-stranger',
    title: 'A request with a wrong signature uses up no nonce',
    section: '§4.10',
    level: 'should',
    why: 'Strangers could fill the memory for nonces, and spend those of clients.',
    remedy: 'Check the signature first, and record the nonce last.',
    async run(context) {
      const oauth = { oauth_nonce: nonce(), oauth_timestamp: now() }
      const wrong = await context.send(await protectedRequest(context, { oauth, signature: spoiled }))
      expectRefused(wrong, 'a wrong signature')
      expectAccepted(
        await context.send(await protectedRequest(context, { oauth })),
        'the right one, with the same nonce',
      )
    },
  },
  {
    id: 'nonce-forms',
    title: 'Nonces of the usual forms are accepted',
    section: '§3.3',
    level: 'should',
    why: 'A nonce is any string: clients send 6 characters, UUIDs, base64, or 64 hex digits.',
    remedy: 'Accept any text of up to 255 characters.',
    async run(context) {
      const hex = nonce()
      const forms = [
        hex.slice(0, 6),
        `${crypto.randomUUID()}`,
        `${hex}+/==`,
        (hex + hex + hex).slice(0, 64),
        `${hex}.-_~`,
      ]
      for (const oauth_nonce of forms)
        expectAccepted(
          await context.send(await protectedRequest(context, { oauth: { oauth_nonce } })),
          `oauth_nonce=${oauth_nonce}`,
        )
    },
  },
  {
    id: 'missing-nonce',
    title: 'A request without a nonce is refused',
    section: '§3.1',
    level: 'must',
    why: 'It could be sent again and again.',
    remedy: 'Require oauth_nonce with every method but PLAINTEXT.',
    async run(context) {
      const answer = await context.send(
        await protectedRequest(context, { oauth: { oauth_nonce: undefined } }),
      )
      expectRefused(answer, 'a request without oauth_nonce')
    },
  },
])
