import { OAuth1Error, type OAuth1Event, type ProvenRequest } from 'countersign'
import { expect, it } from 'vitest'
import { api, Provider } from './provider.ts'

/** A provider that refuses what a test tells it to, and what it was asked and told. */
function refusing() {
  const asked: ProvenRequest[] = []
  const events: OAuth1Event[] = []
  let isRefusing = true
  const admit = (request: ProvenRequest) => {
    asked.push(request)
    if (isRefusing) throw new OAuth1Error('brownout', 'Not now.')
  }
  const options = { admit, on: (event: OAuth1Event) => void events.push(event) }
  const provider = new Provider({ server: options, protector: options })
  return {
    provider,
    asked,
    events,
    refuse(value: boolean) {
      isRefusing = value
    },
  }
}

it('a protected request is refused after its signature was checked, and spends no nonce', async () => {
  const { provider, asked, events, refuse } = refusing()
  const request = provider.read()
  await expect(provider.protector.authenticate(request)).rejects.toMatchObject({
    code: 'brownout',
    status: 503,
  })
  const proven = { endpoint: 'resource', clientId: 'client', signatureMethod: 'HMAC-SHA1', place: 'header' }
  expect(asked).toEqual([proven])
  expect(events).toEqual([{ type: 'refused', code: 'brownout', description: 'Not now.', ...proven }])
  expect(provider.nonces).toEqual([])
  refuse(false)
  await expect(provider.protector.authenticate(request)).resolves.toMatchObject({ keyIndex: 0 })
})

it('a wrong signature is not asked about', async () => {
  const { provider, asked } = refusing()
  const wrong = provider.read()
  const altered = { ...wrong, url: `${api}/photos?file=other.jpg` }
  await expect(provider.protector.authenticate(altered)).rejects.toMatchObject({ code: 'invalid_signature' })
  expect(asked).toEqual([])
})

it('an endpoint that refuses leaves the credentials as they were', async () => {
  const { provider, asked, refuse } = refusing()
  expect(await provider.initiate()).toMatchObject({ status: 503 })
  refuse(false)
  const { temporary, verifier } = await provider.approved()
  refuse(true)
  const refused = await provider.exchange(temporary, verifier)
  expect(refused).toMatchObject({ status: 503, body: 'error=brownout&error_description=Not%20now.' })
  refuse(false)
  expect(await provider.exchange(temporary, verifier)).toMatchObject({ status: 200 })
  expect(asked.map(({ endpoint }) => endpoint)).toEqual(['initiate', 'initiate', 'token', 'token'])
})
