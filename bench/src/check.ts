import { createHmac } from 'node:crypto'
import { type HttpRequest, ResourceProtector } from 'countersign'
import { memoryHooks } from 'countersign/memory'
import { OAuth1Request } from 'countersign/protocol'
import { authorizationFor, client, keys, signer, token } from './credentials.ts'
import { medianTimes, printTable } from './measure.ts'
import { passportCheck } from './passport.ts'
import { type PythonFigures, pythonFigures } from './python.ts'

const url = 'http://photos.example.net/photos?file=vacation.jpg&size=original'
const batch = 1_000
const rounds = 31
const ours = 'countersign, the whole check of one signed GET'

function signedGet(): HttpRequest {
  return { method: 'GET', url, headers: { host: 'photos.example.net', authorization: authorizationFor(url) } }
}

/** The floor, our whole check, and everybody else's, in one run. */
export async function benchCheck(): Promise<void> {
  const protector = new ResourceProtector({ hooks: memoryHooks({ clients: [client], tokens: [token] }) })
  const baseString = OAuth1Request.parse(signedGet()).baseString
  const key = `${client.clientSecret}&${token.oauthTokenSecret}`
  const passport = passportCheck(client, token)
  // Every request is checked once: a second time its nonce would be refused.
  const fresh = () => Array.from({ length: batch }, signedGet)

  const figures = await medianTimes(rounds, {
    'createHmac over a finished base string (the floor)': {
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
    'passport-http-oauth, its whole check': {
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
