import { describe, expect, it } from 'vitest'
import { type FailedResult, runConformance } from '../src/index.ts'
import { allFaults } from './faults/all-faults.ts'
import { type Fault, openFaultyServer } from './faulty-server.ts'

async function failuresWith(fault?: Fault): Promise<FailedResult[]> {
  const server = await openFaultyServer(fault)
  try {
    const { results } = await runConformance(server.target, { timeoutSeconds: 2 })
    return results.filter((result) => result.outcome === 'failed')
  } finally {
    await server.close()
  }
}

describe('the suite', () => {
  it('finds nothing in a provider without a fault', async () => {
    expect(await failuresWith()).toEqual([])
  })

  it.each(allFaults)('notices that %s: %s fails', async (_, caughtBy, plant) => {
    const failed = await failuresWith(plant())
    expect(failed.map(({ id }) => id)).toContain(caughtBy)
  })
})
