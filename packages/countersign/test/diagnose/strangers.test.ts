import { causeGroups, type Diagnosis, diagnoseSignature } from 'countersign/diagnose'
import { describe, expect, it } from 'vitest'
import { byStranger, diagnose, type Entry, plausiblePairs, singles } from './corpus.ts'
import { fuzzedCall, fuzzedCredentials } from './fuzzed.ts'
import { kinds } from './kinds.ts'
import { type Call, type Credentials, send } from './mistaken-client.ts'
import { mistakes } from './mistakes/index.ts'
import { random } from './random.ts'

/** All mistakes alone, and many pairs: what else is tried is more of the same. */
const maxTrials = 1_500
/** Whoever makes these mistakes needs no secret, and is told apart by `proven` alone. */
const guessable = new Set<string>(['no-secret', 'client-id-in-place-of-its-secret'])
const entries = [...singles(1), ...plausiblePairs()]
const around = new Set(Object.keys(causeGroups['The request around the signature'] ?? {}))

/** Told of a request that was sent to a server that knows these secrets. */
function told(request: Parameters<typeof diagnoseSignature>[0], call: Call): Diagnosis {
  const { clientSecret, tokenSecret, publicKey, temporarySecret } = call.credentials
  return diagnoseSignature(
    request,
    { clientSecret: clientSecret || undefined, tokenSecret, publicKey },
    {
      maxTrials,
      ...(call.content === undefined ? {} : { content: call.content.text }),
      ...(temporarySecret === undefined ? {} : { otherTokenSecrets: [temporarySecret] }),
    },
  )
}

/** Nothing at all is said of how the signature was made. */
function saysNothing({ outcome, causes, proven }: Diagnosis): boolean {
  return outcome === 'unexplained' && !proven && causes.every(({ code }) => around.has(code))
}

const described = (name: string, diagnosis: Diagnosis) =>
  `${diagnosis.outcome}, ${diagnosis.causes.map(({ code }) => code)}, proven ${diagnosis.proven}: ${name}`

describe('a right request never has a cause', () => {
  it('whatever it holds', () => {
    const draw = random(5849)
    const wrong: string[] = []
    for (let count = 0; count < 500; count++) {
      const call = fuzzedCall(draw)
      const sent = send(call, [], `n${count}`)
      const diagnosis = told(sent.request, call)
      if (diagnosis.outcome !== 'valid' || diagnosis.causes.length > 0) {
        wrong.push(described(JSON.stringify(sent.request), diagnosis))
      }
    }
    expect(wrong).toEqual([])
  })
})

describe('a request of someone who does not know the secrets', () => {
  it.each([
    ['that is right but for them', [] as string[]],
    ['with the mistakes of the corpus', ['mistakes']],
  ])('is not explained: %s', (_, [made]) => {
    const kindsAlone = entries.filter(
      ({ call }, index) => entries.findIndex((one) => one.call === call) === index,
    )
    const wrong = (made ? entries : kindsAlone).flatMap((entry) => {
      const request = send(byStranger(entry.call), made ? entry.mistakes : [], entry.nonce).request
      const diagnosis = diagnose({ ...entry, sent: { ...entry.sent, request } } as Entry, { maxTrials })
      // What needs no secret is the same whoever makes it: it may be named, but proves nothing.
      const isFine = made && !entry.isProvable ? !diagnosis.proven : saysNothing(diagnosis)
      return isFine ? [] : [described(entry.name, diagnosis)]
    })
    expect(wrong).toEqual([])
  })

  it('is not explained, whatever it holds', () => {
    const draw = random(1849)
    const wrong: string[] = []
    for (let count = 0; count < 200; count++) {
      const call = fuzzedCall(draw)
      const { clientSecret, tokenSecret } = fuzzedCredentials(draw)
      const known = {
        ...call.credentials,
        clientSecret,
        ...(tokenSecret === undefined ? {} : { tokenSecret }),
      }
      const made = draw.number(2) === 0 ? [] : [draw.one(mistakes)].filter(({ code }) => !guessable.has(code))
      const { request } = send(call, made, `n${count}`)
      const diagnosis = told(request, { ...call, credentials: known })
      if (!saysNothing(diagnosis)) wrong.push(described(JSON.stringify(request), diagnosis))
    }
    expect(wrong).toEqual([])
  })
})

describe('a key that anyone could know proves nothing', () => {
  const isRsa = ({ methodName = '' }: Call) => methodName.startsWith('RSA')
  /** A client with an RSA key is taken for one that signs by HMAC. */
  const victims = Object.entries(kinds).map(([kind, call]): [string, Call] => [
    kind,
    isRsa(call) ? { ...call, methodName: call.methodName?.replace('RSA', 'HMAC') ?? '' } : call,
  ])
  const namedRsa = Object.entries(kinds).filter(([, call]) => isRsa(call))
  const keys: readonly [string, (known: Credentials) => Partial<Credentials>][] = [
    ['no secret', () => ({ clientSecret: '', tokenSecret: '' })],
    ['the client id', ({ clientId }) => ({ clientSecret: clientId, tokenSecret: '' })],
    [
      'the client id and the token',
      ({ clientId, token = '' }) => ({ clientSecret: clientId, tokenSecret: token }),
    ],
    [
      'the token and the client id',
      ({ clientId, token = '' }) => ({ clientSecret: token, tokenSecret: clientId }),
    ],
    ['the client id for both', ({ clientId }) => ({ clientSecret: clientId, tokenSecret: clientId })],
    ['the token alone', ({ token = '' }) => ({ clientSecret: '', tokenSecret: token })],
    ['the public key', ({ publicKey = 'none' }) => ({ clientSecret: publicKey, tokenSecret: '' })],
    [
      'the public key and the token',
      ({ publicKey = 'none', token = '' }) => ({ clientSecret: publicKey, tokenSecret: token }),
    ],
    ['words', () => ({ clientSecret: 'undefined', tokenSecret: 'null' })],
  ]

  it.each(keys)('%s', (_, guess) => {
    const wrong: string[] = []
    // On every kind of request, and each third mistake on one of them.
    const turn = keys.findIndex(([, other]) => other === guess)
    const made = mistakes.filter((_, index) => index % 3 === turn % 3)
    const hmacNamedRsa = mistakes.filter(({ code }) => code === 'hmac-named-rsa')
    const tried = [
      ...[...victims.map(() => undefined), ...made].map(
        (mistake, index) => [mistake, ...(victims[(index + turn) % victims.length] ?? [])] as const,
      ),
      ...hmacNamedRsa.flatMap((mistake) => namedRsa.map((victim) => [mistake, ...victim] as const)),
    ]
    for (const [mistake, kind, call] of tried) {
      if (call === undefined) continue
      const { clientId, token, publicKey } = call.credentials
      const known = {
        clientId,
        ...(token === undefined ? {} : { token }),
        ...(publicKey ? { publicKey } : {}),
      }
      const guessed = { ...known, clientSecret: '', ...guess(call.credentials) }
      const attacker = { ...call, credentials: guessed }
      const { request } = send(attacker, mistake ? [mistake] : [])
      const diagnosis = told(request, call)
      if (diagnosis.proven) wrong.push(described(`${mistake?.what}, ${kind}`, diagnosis))
    }
    expect(wrong).toEqual([])
  })

  it.each(['HMAC-SHA1', 'HMAC-SHA256', 'RSA-SHA1', 'PLAINTEXT', 'HMAC-SHA999', ''])(
    'nor does a signature that is none, with the method %j',
    (methodName) => {
      const few = Object.entries(kinds).filter((_, index) => index % 8 === 0)
      const worthless = [
        '',
        ' ',
        '=',
        '==',
        '""',
        '&',
        '%26',
        '%',
        '%00',
        'A',
        'AAAA',
        '\n',
        '-_',
        'dpf43f3p2l4k3l03&',
        'dpf43f3p2l4k3l03&nnch734d00sl2jdk',
      ]
      const wrong = few.flatMap(([kind, call]) =>
        worthless.flatMap((signature) => {
          const anyone: Call = { ...call, methodName: 'PLAINTEXT' }
          const { request } = send(anyone, [
            { code: 'no-secret', what: '', change: () => ({ finish: () => signature }) },
          ])
          const named = JSON.parse(JSON.stringify(request).replaceAll('PLAINTEXT', methodName))
          const diagnosis = told(named, call)
          return diagnosis.proven ? [described(`${JSON.stringify(signature)}, ${kind}`, diagnosis)] : []
        }),
      )
      expect(wrong).toEqual([])
    },
  )
})
