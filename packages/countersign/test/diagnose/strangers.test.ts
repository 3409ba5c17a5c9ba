import { causeGroups, type Diagnosis, diagnoseSignature } from 'countersign/diagnose'
import { describe, expect, it } from 'vitest'
import { signed } from '../../../../test/support/signer.ts'
import { spkiPem } from '../protocol/keys.ts'
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

/** A PEM key without its first and last line. */
const bodyOf = (pem: string) => pem.replace(/-----[^-]+-----/g, '').replace(/\s/g, '')

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

  const pem = spkiPem
  it.each<[string, { readonly secret: string; readonly guess: string; readonly publicKey?: string }]>([
    ['nothing, which is all that base64 makes of the secret', { secret: '!§$%&/()=?', guess: '' }],
    ['nothing, where the secret begins with =', { secret: '=abcdefghijkl', guess: '' }],
    [
      'two octets, which are all of the secret that is base64',
      { secret: 'key=0123456789', guess: '\u{fffd}\u{fffd}' },
    ],
    ['nothing, which is what stands in the quotes', { secret: '""', guess: '' }],
    ['the client id, where the secret is that in base64', { secret: 'Y2xpZW50', guess: 'Y2xpZW50' }],
    [
      'the client id, where the secret is that in hexadecimal',
      { secret: '636c69656e74', guess: '636c69656e74' },
    ],
    ['the client id, where the secret is that in upper case', { secret: 'CLIENT', guess: 'CLIENT' }],
    ['the client id, where the secret is that in quotes', { secret: '"client"', guess: '"client"' }],
    ['the client id, where the secret ends with a line break', { secret: 'client\n', guess: 'client\n' }],
    ['the client id, where the secret is that escaped', { secret: '%63lient', guess: '%63lient' }],
    [
      'the public key, where the secret is that with other line breaks',
      {
        secret: pem.trim().replaceAll('\n', '\r\n'),
        guess: pem.trim().replaceAll('\n', '\r\n'),
        publicKey: pem,
      },
    ],
    [
      'the public key, where the secret is that without its frame',
      { secret: bodyOf(pem), guess: bodyOf(pem), publicKey: pem },
    ],
  ])('%s', (_, { secret, guess, publicKey }) => {
    const authorized = signed({
      url: 'https://api.example.com/?a=1',
      client: { clientId: 'client', clientSecret: guess },
    })
    // The right key, and one in which the secret was changed on its way; both with a mistake beside it.
    for (const url of [authorized.url, 'https://api.example.com:8443/?a=1']) {
      const known = { clientSecret: secret, publicKey }
      expect(diagnoseSignature({ ...authorized, url }, known)).toMatchObject({ proven: false })
    }
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
