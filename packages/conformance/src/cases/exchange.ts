import { casesOf } from '../conformance-case.ts'
import { expectCredential, expectOneAccepted, expectRefused } from '../expectations.ts'
import { authorizationUrl, decide } from '../flow/decide.ts'
import {
  type Approved,
  approvedCredential,
  exchange,
  exchanging,
  temporaryCredential,
} from '../flow/steps.ts'
import { spoiled } from '../signing.ts'
import { Failure, Skip } from '../verdict.ts'

/** Repeated, because a vulnerable provider does not lose the race every time. */
const raceRounds = 3
const racers = 10

const keptRemedy = 'Check the signature first, and spend a temporary credential on success or denial only.'

export const exchangeCases = casesOf('exchange', [
  {
    id: 'once',
    title: 'A temporary credential can be exchanged once',
    section: '§2.3',
    level: 'must',
    why: 'Anyone who learns token and verifier later could get a token, too.',
    remedy: 'Delete the temporary credential, or mark it as used, in the exchange.',
    async run(context) {
      const approved = await approvedCredential(context)
      expectCredential(await exchange(context, approved), 'the first exchange')
      expectRefused(await exchange(context, approved), 'a second exchange')
    },
  },
  {
    id: 'race',
    title: 'Of ten exchanges at the same time, one gets a token',
    section: '§2.3',
    level: 'must',
    why: 'If the check and the deletion are two steps, several exchanges pass between them.',
    remedy:
      'Let the store decide: one DELETE or UPDATE … WHERE, and issue the token only if it changed a row.',
    async run(context) {
      for (let round = 0; round < raceRounds; round++) {
        const approved = await approvedCredential(context)
        const request = () => exchanging(context, approved)
        const others = Array.from({ length: racers - 1 }, request)
        expectOneAccepted(await context.race([request(), ...others]), 'exchanges of one temporary credential')
      }
    },
  },
  {
    id: 'wrong-verifier',
    title: 'A wrong verifier is refused',
    section: '§2.3',
    level: 'must',
    why: 'The verifier proves that the user who approved came back to this client.',
    remedy: 'Compare oauth_verifier with the one that was given to the user, in constant time.',
    async run(context) {
      const { temporary, verifier } = await approvedCredential(context)
      expectRefused(
        await exchange(context, { temporary, verifier: spoiled(verifier) }),
        'an exchange with a wrong verifier',
      )
    },
  },
  {
    id: 'missing-verifier',
    title: 'An exchange without a verifier is refused',
    section: '§2.3',
    level: 'must',
    why: 'That is the flow of OAuth Core 1.0, which is open to session fixation.',
    remedy: 'Require oauth_verifier at the token endpoint.',
    async run(context) {
      const approved = await approvedCredential(context)
      expectRefused(
        await exchange(context, approved, { oauth: { oauth_verifier: undefined } }),
        'an exchange without oauth_verifier',
      )
    },
  },
  {
    id: 'other-verifier',
    title: 'The verifier of another approval is refused',
    section: '§2.3',
    level: 'must',
    why: 'An attacker could finish another user’s flow with a verifier of his own.',
    remedy: 'Store the verifier with its temporary credential, and compare it with that one.',
    async run(context) {
      const { temporary } = await approvedCredential(context)
      const { verifier } = await approvedCredential(context)
      expectRefused(await exchange(context, { temporary, verifier }), 'the verifier of another approval')
    },
  },
  {
    id: 'other-client',
    title: 'Only the client that requested a temporary credential can exchange it',
    section: '§2.3',
    level: 'must',
    why: 'Any other registered client could collect the token that the user granted to this one.',
    remedy: 'Compare the client of the temporary credential with the client that signed the exchange.',
    async run(context) {
      const client = context.secondClient
      const approved = await approvedCredential(context)
      expectRefused(await exchange(context, approved, { client }), 'an exchange by another client')
    },
  },
  {
    id: 'temporary-secret',
    title: 'An exchange that is not signed with the secret of the temporary credential is refused',
    section: '§3.4.2',
    level: 'must',
    why: 'Token and verifier are visible in URLs; only the client knows the secret.',
    remedy: 'Check the signature with both secrets, joined by &.',
    async run(context) {
      const { temporary, verifier } = await approvedCredential(context)
      expectRefused(
        await exchange(context, { temporary: { ...temporary, secret: '' }, verifier }),
        'an exchange signed without the secret of the temporary credential',
      )
    },
  },
  {
    id: 'stranger-spends-nothing',
    title: 'A stranger’s bad exchange does not end the user’s flow',
    section: '§2.3',
    level: 'must',
    why: 'The token is visible in the address of the consent page: anyone who sees it could end the flow.',
    remedy: keptRemedy,
    async run(context) {
      const approved = await approvedCredential(context)
      const stranger: Approved = { ...approved, verifier: 'guess' }
      const wrong = await exchange(context, stranger, { signature: () => 'AAAAAAAAAAAAAAAAAAAAAAAAAAA=' })
      expectRefused(wrong, 'an exchange with a wrong signature')
      expectCredential(
        await exchange(context, approved),
        'the exchange by the client, after a stranger’s try',
      )
    },
  },
  {
    id: 'mistyped-verifier',
    title: 'After one wrong verifier, the right one still works',
    section: '§2.3',
    level: 'should',
    why: 'People type codes by hand and make mistakes.',
    remedy: 'Allow a few attempts before you revoke a temporary credential.',
    async run(context) {
      const approved = await approvedCredential(context)
      await exchange(context, { ...approved, verifier: spoiled(approved.verifier) })
      expectCredential(
        await exchange(context, approved),
        'the exchange with the right verifier, after a wrong one',
      )
    },
  },
  {
    id: 'after-denial',
    title: 'A request that the user denied cannot be approved later',
    section: '§2.2',
    level: 'must',
    why: 'The user said no; the next person who opens the same address must not be able to say yes.',
    remedy: 'Spend the temporary credential when it is denied.',
    async run(context) {
      const { deny, approve } = context.target
      if (deny === undefined) throw new Skip('it is not said how a user denies (deny)')
      const { key } = await temporaryCredential(context)
      const url = authorizationUrl(context, key)
      const denied = await decide(context, context.browser, url, deny)
      if (denied.verifier !== undefined) throw new Failure('no verifier after a denial', 'one', denied.last)
      const { verifier, last } = await decide(context, context.browser, url, approve)
      if (verifier !== undefined) throw new Failure('no approval after a denial', 'a verifier', last)
    },
  },
])
