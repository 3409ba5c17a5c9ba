import { afterAll, describe, expect, it } from 'vitest'
import { diagnoseSignature } from '../../packages/countersign/src/diagnose/index.ts'
import { openCapture } from './off-spec/capture.ts'
import { type Client, credentials, type Trial } from './off-spec/mistake.ts'
import { npmClients, rsaKeys } from './off-spec/npm.ts'

const capture = await openCapture()
const clients: readonly Client[] = npmClients(capture)
const secrets = {
  clientSecret: credentials.secret,
  tokenSecret: credentials.tokenSecret,
  publicKey: rsaKeys.publicKey,
}
let mistakes = 0
let named = 0

afterAll(async () => {
  console.log(`off-spec clients: ${named} of ${mistakes} mistakes of ${clients.length} clients are named`)
  await capture.close()
})

describe.each(clients)('$name', ({ trials }) => {
  it.each(trials)('$what: $causes', async (trial) => {
    const { request, content } = await trial.send()
    const { outcome, proven, causes } = diagnoseSignature(request, secrets, { content })
    const found = causes.map(({ code }) => code).sort()
    const expected = expectedOf(trial)
    if (trial.causes.length > 0) {
      mistakes++
      if (found.join() === [...trial.causes].sort().join()) named++
    }
    expect({ outcome, proven, causes: found }).toEqual(expected)
  })
})

/** What the diagnosis says of a request: in the end its causes, and until it is mended what it says in their place. */
function expectedOf({ causes, instead }: Trial) {
  if (causes.length === 0) return { outcome: 'valid', proven: true, causes: [] }
  if (instead === undefined) return { outcome: 'explained', proven: true, causes: [...causes].sort() }
  return instead.length === 0
    ? { outcome: 'unexplained', proven: false, causes: [] }
    : { outcome: 'explained', proven: true, causes: instead }
}
