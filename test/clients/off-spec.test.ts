import { afterAll, describe, expect, it } from 'vitest'
import { diagnoseSignature } from '../../packages/countersign/src/diagnose/index.ts'
import { openCapture } from './off-spec/capture.ts'
import { debianClients } from './off-spec/debian.ts'
import { type Client, credentials, rsaKeys, type Trial } from './off-spec/mistake.ts'
import { npmClients } from './off-spec/npm.ts'

const capture = await openCapture()
const clients: readonly Client[] = [...npmClients(capture), ...(await debianClients(capture))]
/** No signature has to match for these. */
const seenInTheRequest: ReadonlySet<string> = new Set(['another-key-pair', 'malformed-request'])
let mistakes = 0
let named = 0

afterAll(async () => {
  console.log(`off-spec clients: ${named} of ${mistakes} mistakes of ${clients.length} clients are named`)
  await capture.close()
})

describe.each(clients)('$name', ({ trials }) => {
  it.each(trials)('$what: $causes', async (trial) => {
    const { request, content } = await trial.send()
    const { outcome, proven, causes } = diagnoseSignature(request, secretsOf(trial), { content })
    const found = causes.map(({ code }) => code).sort()
    const expected = expectedOf(trial)
    if (trial.causes.length > 0) {
      mistakes++
      if (found.join() === [...trial.causes].sort().join()) named++
    }
    expect({ outcome, proven, causes: found }).toEqual(expected)
  })
})

function secretsOf({ isWithoutToken = false }: Trial) {
  const { secret, tokenSecret } = credentials
  const { publicKey } = rsaKeys
  return { clientSecret: secret, tokenSecret: isWithoutToken ? undefined : tokenSecret, publicKey }
}

/** What the diagnosis says of a request: its causes in the end, and until it is mended what stands in their place. */
function expectedOf({ causes, instead = causes }: Trial) {
  if (causes.length === 0) return { outcome: 'valid', proven: true, causes: [] }
  const isExplained = instead.length > 0 && !instead.some((code) => seenInTheRequest.has(code))
  return {
    outcome: isExplained ? 'explained' : 'unexplained',
    proven: isExplained,
    causes: [...instead].sort(),
  }
}
