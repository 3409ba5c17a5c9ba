import { join } from 'node:path'
import {
  deliver,
  publicUrl,
  signedRequest,
} from '../../../packages/provider/test/processes/signed-request.ts'
import { temporaryDirectory } from '../../../packages/provider/test/running-provider.ts'
import { Visitor } from '../../../packages/provider/test/visitor.ts'
import { median, printTable } from '../measure.ts'
import { type ProviderKeys, startProvider } from './running-provider.ts'

const requests = 400
const visitors = 40

/** How long an API request takes while strangers try passwords as fast as they can, each from a different address. */
export async function benchFlood(): Promise<void> {
  const directory = temporaryDirectory()
  const provider = await startProvider({
    DATABASE_URL: `sqlite:${join(directory.path, 'flood.sqlite')}`,
    COUNTERSIGN_SYNCHRONOUS: 'normal',
    PUBLIC_URL: publicUrl,
    CLIENT_ADDRESS_HEADER: 'x-forwarded-for',
  })
  try {
    const keys = await provider.setup()
    await latencies(provider.address, keys)
    const quiet = await latencies(provider.address, keys)
    const flood = startFlood(provider.address)
    const flooded = await latencies(provider.address, keys)
    const { tried, refused } = await flood.end()
    const calm = await latencies(provider.address, keys)
    const row = (name: string, times: number[]) => [
      name,
      `${milliseconds(median(times))} ms`,
      `${milliseconds(times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.95)] ?? 0)} ms`,
      (median(times) / median(quiet)).toFixed(1),
    ]
    printTable(
      `GET /api/me, one after the other, under a flood of sign-ins (${visitors} strangers at once, ${tried} tries, of which ${refused} were refused unseen)`,
      ['', 'median', '95 of 100 within', 'times the quiet median'],
      [row('without', quiet), row('during the flood', flooded), row('after it', calm)],
    )
  } finally {
    await provider.stop()
    directory.remove()
  }
}

async function latencies(address: string, { client, token }: ProviderKeys): Promise<number[]> {
  const times: number[] = []
  for (let i = 0; i < requests; i++) {
    const request = signedRequest('GET', '/api/me', client, token)
    const start = performance.now()
    const response = await deliver(address, request)
    await response.text()
    times.push(performance.now() - start)
    if (response.status !== 200) throw new Error(`An API request ended with ${response.status}.`)
  }
  return times
}

function startFlood(address: string) {
  let isOver = false
  const counts = { tried: 0, refused: 0 }
  const acts = Array.from({ length: visitors }, async (_, index) => {
    const stranger = new Visitor(address, { 'x-forwarded-for': `198.51.100.${index}` })
    while (!isOver) {
      const { status } = await stranger.signIn(`name${index}`, 'wrong password')
      counts.tried++
      if (status === 429 || status === 503) counts.refused++
    }
  })
  return {
    async end() {
      isOver = true
      await Promise.all(acts)
      return counts
    },
  }
}

function milliseconds(time: number): string {
  return time.toFixed(2)
}
