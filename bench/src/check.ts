import { createHmac } from 'node:crypto'
import { type HttpRequest, ResourceProtector } from 'countersign'
import { memoryHooks } from 'countersign/memory'
import { OAuth1Request } from 'countersign/protocol'
import { authorizationFor, client, keys, signer, token } from './credentials.ts'
import { medianTimes, printTable, withinBounds } from './measure.ts'
import { passportCheck } from './passport.ts'
import { type PythonFigures, pythonFigures } from './python.ts'

const url = 'http://photos.example.net/photos?file=vacation.jpg&size=original'
const batch = 1_000
const rounds = 31
const theFloor = 'createHmac over a finished base string (the floor)'
const ours = 'countersign, the whole check of one signed GET'
const passports = 'passport-http-oauth, its whole check'

function signedGet(): HttpRequest {
  return { method: 'GET', url, headers: { host: 'photos.example.net', authorization: authorizationFor(url) } }
}

/** The lower bound, our full check, and the checks of other libraries for Node, in one run: microseconds by name. */
async function measureChecks(): Promise<Map<string, number>> {
  const protector = new ResourceProtector({ hooks: memoryHooks({ clients: [client], tokens: [token] }) })
  const baseString = OAuth1Request.parse(signedGet()).baseString
  const key = `${client.clientSecret}&${token.oauthTokenSecret}`
  const passport = passportCheck(client, token)
  // Every request is checked only once: the second time, its nonce would be refused.
  const fresh = () => Array.from({ length: batch }, signedGet)

  return medianTimes(rounds, {
    [theFloor]: {
      prepare: fresh,
      run: (requests) => {
        for (const _ of requests) createHmac('sha1', key).update(baseString).digest('base64')
      },
    },
    [ours]: {
      prepare: fresh,
      run: async (requests) => {
        for (const request of requests) await protector.authenticate(request)
      },
    },
    [passports]: {
      prepare: fresh,
      run: async (requests) => {
        for (const request of requests) await passport(request)
      },
    },
    'oauth-1.0a, recomputing the signature only': {
      prepare: fresh,
      run: (requests) => {
        for (const _ of requests) signer.compute('GET', url, { token: keys })
      },
    },
  })
}

/** Like `measureChecks`, plus Python's libraries, as a table. */
export async function benchCheck(): Promise<void> {
  const figures = await measureChecks()
  const python: PythonFigures = pythonFigures(client, token, url)
  for (const [name, microseconds] of Object.entries(python.figures)) figures.set(name, microseconds)
  const [floor = 1] = figures.values()
  const whole = figures.get(ours) ?? 1
  printTable(
    `One signed GET (${batch} requests x ${rounds} rounds, medians)`,
    ['', 'us', 'x the floor', 'x countersign'],
    [...figures].map(([name, microseconds]) => [
      name,
      microseconds.toFixed(2),
      (microseconds / floor).toFixed(2),
      (microseconds / whole).toFixed(1),
    ]),
  )
  for (const line of python.skipped) console.log(line)
}

/** At most this many times the floor, and at least this many times faster than passport-http-oauth. */
const bounds = { floor: 4.5, passport: 2.5 }

/** Fails when the full check has become too slow in each of a few runs, since a busy machine may spoil one. */
export async function boundCheck(): Promise<void> {
  await withinBounds('The whole check', async () => {
    const figures = await measureChecks()
    const [floor, whole, passport] = [theFloor, ours, passports].map(
      (name) => figures.get(name) ?? Number.NaN,
    )
    const timesFloor = (whole as number) / (floor as number)
    const timesFaster = (passport as number) / (whole as number)
    return {
      holds: timesFloor <= bounds.floor && timesFaster >= bounds.passport,
      text: `${timesFloor.toFixed(2)} x the floor (at most ${bounds.floor}), ${timesFaster.toFixed(1)} x faster than passport-http-oauth (at least ${bounds.passport})`,
    }
  })
}
