import { casesOf } from '../conformance-case.ts'
import { expectAccepted, expectCredential, expectOneAccepted, expectRefused } from '../expectations.ts'
import { initiation, newToken, protectedRequest, sharedToken } from '../flow/steps.ts'
import { nonce, now, spoiled } from '../signing.ts'

const remedy =
  'Remember client, token, timestamp and nonce of every accepted request until its timestamp expires.'

/** Repeated, because a vulnerable provider does not lose the race every time. */
const raceRounds = 3
const racers = 10

export const replay = casesOf('replay', [
  {
    id: 'protected-request',
    title: 'A protected request that is sent again is refused',
    section: '§3.3',
    level: 'must',
    why: 'Anyone who captures a request could send it again.',
    remedy,
    async run(context) {
      const request = await protectedRequest(context)
      expectAccepted(await context.send(request), 'a protected request')
      expectRefused(await context.send(request), 'the same request again')
    },
  },
  {
    id: 'race',
    title: 'Of ten identical requests at the same time, one is accepted',
    section: '§3.3',
    level: 'must',
    why: 'If looking up and storing the nonce are two steps, several requests pass between them.',
    remedy: 'Insert the nonce under a unique key, and refuse the request if the insert fails.',
    async run(context) {
      for (let round = 0; round < raceRounds; round++) {
        const request = await protectedRequest(context)
        const others = Array.from({ length: racers - 1 }, () => request)
        expectOneAccepted(await context.race([request, ...others]), 'identical requests')
      }
    },
  },
  {
    id: 'initiate',
    title: 'A request for a temporary credential that is sent again is refused',
    section: '§3.3',
    level: 'must',
    why: 'Requests to the token endpoints are signed requests like any other.',
    remedy,
    async run(context) {
      const request = initiation(context)
      expectCredential(await context.send(request), 'a request for a temporary credential')
      expectRefused(await context.send(request), 'the same request again')
    },
  },
  {
    id: 'changed-signature-only',
    title: 'A used nonce is refused in a different request, too',
    section: '§3.3',
    level: 'must',
    why: 'The nonce must be unique, whatever else the request holds.',
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
    why: 'The RFC demands unique nonces per timestamp only, and some clients count from one.',
    remedy: 'Include the timestamp in the key under which you store a nonce.',
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
    why: 'Installations of one client do not know each other’s nonces.',
    remedy: 'Include the token in the key under which you store a nonce.',
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
    why: 'Providers that store only the last timestamp of a client refuse parallel calls.',
    remedy: 'Store every nonce, not one timestamp per client.',
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
    title: 'A request with a wrong signature does not use up its nonce',
    section: '§4.10',
    level: 'should',
    why: 'Strangers could fill the nonce store, and use up the nonces of clients.',
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
    title: 'Nonces in all usual formats are accepted',
    section: '§3.3',
    level: 'should',
    why: 'A nonce is any string: clients send 6 characters, UUIDs, base64 or 64 hex digits.',
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
      const response = await context.send(
        await protectedRequest(context, { oauth: { oauth_nonce: undefined } }),
      )
      expectRefused(response, 'a request without oauth_nonce')
    },
  },
])
