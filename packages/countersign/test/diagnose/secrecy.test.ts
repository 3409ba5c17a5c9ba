import { describe, expect, it } from 'vitest'
import { byStranger, diagnose, type Entry, plausiblePairs, singles } from './corpus.ts'
import { percentEncode, send } from './mistaken-client.ts'

const entries = [...singles(1), ...plausiblePairs()]

/** What may stand in no diagnosis, in every spelling in which it could. */
function hidden({ call, sent, nonce }: Entry): [string, string][] {
  const { clientSecret, tokenSecret, temporarySecret, privateKey, publicKey } = call.credentials
  const right = send(sent.call, [], nonce).signature
  const texts = Object.entries({
    clientSecret,
    tokenSecret,
    temporarySecret,
    privateKey: privateKey?.split('\n')[3],
    publicKey: publicKey?.split('\n')[2],
    'the signature that was sent': sent.signature,
    'the right signature': right,
  })
  return texts.flatMap(([what, text = '']) =>
    // Too short to be told from other text.
    text.length < 8 ? [] : spellings(text).map((spelled): [string, string] => [what, spelled]),
  )
}

function spellings(text: string): string[] {
  const octets = Buffer.from(text, 'base64')
  return [
    text,
    text.replace(/=+$/, ''),
    percentEncode(text),
    percentEncode(percentEncode(text)),
    Buffer.from(text).toString('base64').replace(/=+$/, ''),
    Buffer.from(text).toString('hex'),
    ...(octets.length > 8 ? [octets.toString('hex'), octets.toString('base64url')] : []),
  ]
}

function leaks(entry: Entry): string[] {
  return [false, true].flatMap((baseStrings) => {
    const said = JSON.stringify(diagnose(entry, { baseStrings, maxTrials: 1_500 }))
    return hidden(entry).flatMap(([what, spelled]) =>
      said.includes(JSON.stringify(spelled).slice(1, -1)) ? [`${what}: ${entry.name}`] : [],
    )
  })
}

describe('no diagnosis holds a secret, a key or a signature', () => {
  it('of a mistaken client', () => {
    expect([...new Set(entries.flatMap(leaks))]).toEqual([])
  })

  it('of a stranger', () => {
    const strange = entries
      .filter((_, index) => index % 4 === 0)
      .map((entry): Entry => {
        const sent = send(byStranger(entry.call), entry.mistakes, entry.nonce)
        return { ...entry, sent: { ...sent, call: { ...sent.call, credentials: entry.call.credentials } } }
      })
    expect([...new Set(strange.flatMap(leaks))]).toEqual([])
  })
})
