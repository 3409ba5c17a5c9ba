import {
  ConfigurationError,
  CountersignError,
  OAuth1Error,
  RecordError,
  StoreError,
  UndecidableError,
} from 'countersign'
import { describe, expect, it } from 'vitest'

const errors: readonly [name: string, error: CountersignError, code: string, status: number | undefined][] = [
  ['OAuth1Error', new OAuth1Error('invalid_nonce', 'Used before.'), 'invalid_nonce', 401],
  ['UndecidableError', new UndecidableError('expired'), 'invalid_token', 401],
  ['ConfigurationError', new ConfigurationError('Set an option.'), 'configuration_error', undefined],
  ['StoreError', new StoreError('It is down.'), 'store_error', 503],
  ['RecordError', new RecordError('client', 'It does not open.'), 'record_error', 503],
]

describe.each(errors)('a %s', (_, error, code, status) => {
  it('is a CountersignError with a stable code', () => {
    expect(error).toBeInstanceOf(CountersignError)
    expect(error).toBeInstanceOf(Error)
    expect(error.code).toBe(code)
    expect((error as { status?: number }).status).toBe(status)
  })
})

it.each(['unknown', 'expired', 'decided'] as const)('an undecidable credential says why: %s', (reason) => {
  const error = new UndecidableError(reason)
  expect(error).toBeInstanceOf(OAuth1Error)
  expect([error.reason, error.code]).toEqual([reason, 'invalid_token'])
})
