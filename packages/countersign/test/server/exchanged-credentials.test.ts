import { describe, expect, it } from 'vitest'
import { ExchangedCredentials } from '../../src/server/exchanged-credentials.ts'

describe('a temporary credential is exchanged once in a process', () => {
  it('the second is refused as if it were gone, until the first has failed', () => {
    const exchanged = new ExchangedCredentials()
    const retry = exchanged.begin('a')
    expect(() => exchanged.begin('a')).toThrow(expect.objectContaining({ reason: 'unknown' }))
    expect(() => exchanged.begin('b')).not.toThrow()
    retry()
    expect(() => exchanged.begin('a')).not.toThrow()
    expect(() => exchanged.begin('b')).toThrow()
  })

  it('of ten thousand the oldest is forgotten for another', () => {
    const exchanged = new ExchangedCredentials()
    for (let count = 0; count < 10_000; count++) exchanged.begin(String(count))
    expect(() => exchanged.begin('0')).toThrow()
    exchanged.begin('another')
    expect(() => exchanged.begin('1')).toThrow()
    expect(() => exchanged.begin('0')).not.toThrow()
  })
})
