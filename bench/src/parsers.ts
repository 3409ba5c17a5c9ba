import { type HttpRequest, OAuth1Request } from 'countersign/protocol'
import { authorizationFor } from './credentials.ts'
import { medianTimes, printTable } from './measure.ts'

const url = 'http://photos.example.net/photos?file=vacation.jpg&size=original'
const batch = 1_000
const rounds = 31

/**
 * The gain of the fast parser: parsing and base string of a usual request, and of one that only the general parser
 * reads.
 */
export async function benchParsers(): Promise<void> {
  const authorization = authorizationFor(url)
  const contender = (header: string) => ({
    prepare: () =>
      Array.from(
        { length: batch },
        (): HttpRequest => ({ method: 'GET', url, headers: { authorization: header } }),
      ),
    run: (requests: readonly HttpRequest[]) => {
      for (const request of requests) void OAuth1Request.parse(request).baseString
    },
  })
  const figures = await medianTimes(rounds, {
    'the fast parser': contender(authorization),
    // The scheme is the same in any case (RFC 9110 §11.1), but the fast parser takes it as usually written.
    'the general parser': contender(authorization.replace(/^OAuth/, 'oauth')),
  })
  printTable(
    `Parsing one signed GET, base string included (${batch} requests x ${rounds} rounds, medians)`,
    ['', 'us'],
    [...figures].map(([name, microseconds]) => [name, microseconds.toFixed(2)]),
  )
}
