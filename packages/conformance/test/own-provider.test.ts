import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Result, runConformance } from '../src/index.ts'
import { type OwnProvider, openOwnProvider } from './own-provider.ts'

describe("countersign's own provider", () => {
  let own: OwnProvider
  beforeAll(async () => {
    own = await openOwnProvider()
  })
  afterAll(() => own.close())

  const outcomes = (results: readonly Result[], outcome: Result['outcome']) =>
    results.filter((result) => result.outcome === outcome)

  it('fails no case, and skips only what it has no use for', async () => {
    const { counts, results } = await runConformance(own.target)
    expect(outcomes(results, 'failed')).toEqual([])
    expect(outcomes(results, 'skipped').map(({ id }) => id)).toEqual([
      'encodings-default-port',
      'methods-plaintext-accepted',
      'methods-plaintext-wrong',
    ])
    expect(counts).toEqual({ passed: results.length - 3, failed: 0, advised: 0, skipped: 3 })
  })

  it('passes with no callback, no second client and no methods named, and says what was left out', async () => {
    const { client, initiate, authorize, token, resource, approve } = own.target
    const { results } = await runConformance({ client, initiate, authorize, token, resource, approve })
    expect(outcomes(results, 'failed')).toEqual([])
    const reasons = outcomes(results, 'skipped').map(
      (result) => result.outcome === 'skipped' && result.reason,
    )
    expect(new Set(reasons)).toEqual(
      new Set([
        'no callback is given (callback)',
        'no second client is given (secondClient)',
        'no second user is given (secondUser, approveAsSecond)',
        'it is not said how a user denies (deny)',
        'no client with an RSA key is given (rsaClient)',
        'it is not said which methods are offered (signatureMethods)',
        'the provider does not take PLAINTEXT (signatureMethods)',
        'the provider does not listen on a default port',
      ]),
    )
  })

  it('runs the cases that are named, and no others', async () => {
    const { target } = own
    const report = await runConformance(target, { only: ['replay', 'exchange-race'] })
    const failed = report.results.filter((result) => result.outcome === 'failed')
    expect(failed).toEqual([])
    expect(new Set(report.results.map(({ group }) => group))).toEqual(new Set(['replay', 'exchange']))
  })
})
