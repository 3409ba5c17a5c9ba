import { generateKeyPairSync } from 'node:crypto'
import type { CauseCode, Diagnosis, DiagnosisOptions } from 'countersign/diagnose'
import { diagnoseSignature } from 'countersign/diagnose'
import { kinds } from './kinds.ts'
import {
  type Call,
  type Credentials,
  type Mistake,
  rightSignature,
  type Sent,
  send,
} from './mistaken-client.ts'
import { mistakes, steps } from './mistakes/index.ts'
import { signatureMistakes } from './mistakes/signature.ts'
import { plausible } from './plausible-pairs.ts'
import { random } from './random.ts'

/** A wrongly signed request, and the diagnosis expected of it. */
export interface Entry {
  readonly name: string
  readonly call: Call
  readonly mistakes: readonly Mistake[]
  readonly nonce: string
  readonly sent: Sent
  readonly options: DiagnosisOptions
  readonly expected: readonly CauseCode[]
  /** Whoever knows no secret cannot have signed it. */
  readonly isProvable: boolean
}

const pem = { type: 'pkcs8', format: 'pem' } as const
const strangers: Credentials = {
  clientId: '',
  privateKey: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export(pem).toString(),
  clientSecret: 'x7/+ %41"s-strange',
  tokenSecret: 'y8&=% y-strange',
  temporarySecret: 'z9-strange',
}

/** The same call by someone who knows the names but not the secrets. */
export function byStranger(call: Call): Call {
  const known = Object.entries(call.credentials) as [keyof Credentials, string][]
  const isKnown = (name: string) => ['clientId', 'token', 'publicKey'].includes(name)
  return {
    ...call,
    credentials: Object.fromEntries(
      known.map(([name, value]) => [name, isKnown(name) || value === '' ? value : strangers[name]]),
    ) as never,
  }
}

export function diagnose({ sent, call, options }: Entry, more: DiagnosisOptions = {}): Diagnosis {
  const { clientSecret, tokenSecret, publicKey } = call.credentials
  return diagnoseSignature(
    sent.request,
    { clientSecret: clientSecret || undefined, tokenSecret, publicKey },
    { ...options, ...more },
  )
}

/** The entry of these mistakes on this kind of request; undefined where one of them shows nowhere in the signature. */
function entryOf(kind: string, made: readonly Mistake[], salt = ''): Entry | undefined {
  const call = kinds[kind] as Call
  if (!made.every(({ where }) => where?.(call) ?? true)) return undefined
  // Some show only in some signatures, such as the alphabet of base64: a few nonces are tried.
  const nonces = made.some((mistake) => signatureMistakes.includes(mistake)) ? 8 : 1
  for (let tried = 0; tried < nonces; tried++) {
    const nonce = `n${salt}${made.map(({ what }) => what.length).join('x')}t${tried}`
    const sent = send(call, made, nonce)
    if (!shows(call, made, nonce, sent)) continue
    const options = Object.assign(
      call.content === undefined ? {} : { content: call.content.text },
      ...made.map((mistake) => mistake.options?.(call) ?? {}),
    )
    const byOther = send(byStranger(call), made, nonce).signature
    return {
      name: `${made.map(({ what }) => what).join(' and ')}: ${kind}`,
      call,
      mistakes: made,
      nonce,
      sent,
      options,
      expected: [...new Set(made.map(({ code }) => code))].sort(),
      isProvable: byOther !== sent.signature,
    }
  }
  return undefined
}

/** Each mistake changes the request, whatever the others do. */
function shows(call: Call, made: readonly Mistake[], nonce: string, sent: Sent): boolean {
  if (sent.signature === rightSignature(call, made, nonce)) return false
  if (made.length === 1) return true
  return made.every((mistake) => {
    const others = made.filter((other) => other !== mistake)
    const without = send(call, others, nonce)
    return !isAlike(without, sent)
  })
}

/** Whether the same arrives, but for how the signature is written. */
function isAlike(one: Sent, other: Sent): boolean {
  return one.signature === other.signature && JSON.stringify(one.call) === JSON.stringify(other.call)
}

/**
 * Whether the codes that were named say the same as the mistakes that were made: some mistakes of these codes give the
 * same signature for the same octets, so that no one could tell one from the other. Never more of them than were made.
 */
export function saysTheSame({ call, mistakes: made, nonce, sent }: Entry, named: readonly string[]): boolean {
  if (named.length === 0 || named.length > new Set(made.map(({ code }) => code)).size) return false
  const [first = [], second] = named.map((code) =>
    mistakes.filter((mistake) => mistake.code === code && (mistake.where?.(call) ?? true)),
  )
  const others = first.flatMap((one) =>
    second === undefined
      ? [[one]]
      : second.flatMap((two) => [
          [one, two],
          [two, one],
        ]),
  )
  return others.some((other) => {
    return isAlike(send(call, other, nonce), sent)
  })
}

/** Each mistake alone, on some kinds of request where it shows: drawn, so that one that shows on all counts no more. */
export function singles(kindsOfEach = 5): Entry[] {
  const draw = random(5849)
  return mistakes.flatMap((mistake) => {
    const entries: Entry[] = []
    for (const kind of draw.shuffled(Object.keys(kinds))) {
      const entry = entries.length < kindsOfEach ? entryOf(kind, [mistake]) : undefined
      if (entry !== undefined) entries.push(entry)
    }
    return entries
  })
}

/** Pairs that one client would make: of the mistakes of each code, the first two that show together. */
export function plausiblePairs(): Entry[] {
  return plausible.map(([kind, ...codes]) => {
    const [ones = [], twos = []] = codes.map((code) => mistakes.filter((mistake) => mistake.code === code))
    for (const one of ones) {
      for (const two of twos) {
        const inOrder = [one, two].sort((a, b) => mistakes.indexOf(a) - mistakes.indexOf(b))
        const entry = entryOf(kind, inOrder)
        if (entry !== undefined) return entry
      }
    }
    throw new Error(`${codes.join(' and ')} do not show together: ${kind}`)
  })
}

/** Pairs drawn from a fixed seed, of two steps: at one step, one mistake mostly takes the place of the other. */
export function randomPairs(count: number, seed = 5849): Entry[] {
  const draw = random(seed)
  const entries: Entry[] = []
  while (entries.length < count) {
    const [one, two] = [draw.number(steps.length), draw.number(steps.length)].sort((a, b) => a - b)
    if (one === two) continue
    const pair = [one, two].map((step) => draw.one(steps[step ?? 0] ?? []))
    const entry = entryOf(draw.one(Object.keys(kinds)), pair, `${entries.length}`)
    if (entry !== undefined) entries.push(entry)
  }
  return entries
}
