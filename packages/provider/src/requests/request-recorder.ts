import { setTimeout as pause } from 'node:timers/promises'
import type { OAuth1Event } from 'countersign'
import { type Cause, causes, type Diagnosis } from 'countersign/diagnose'
import type { Logger } from 'pino'
import type { Database } from '../database/schema.ts'
import { maskedBaseString, withoutUnexpected } from './masked-base-string.ts'
import {
  mostKept,
  type NewRequest,
  type RefusalDetails,
  type RequestOutcome,
  storeRequests,
} from './recent-requests.ts'
import { currentRequest, type Inactive, type RequestContext } from './request-context.ts'

/** Requests that may wait to be written, for all clients together. Strangers have a separate share. */
const mostWaiting: Readonly<Record<RequestOutcome, number>> = {
  accepted: 1_000,
  refused: 1_000,
  unproven: 500,
}

const delayMilliseconds = 1_000
const patienceMilliseconds = 500

type Refused = Extract<OAuth1Event, { type: 'refused' }>

/**
 * Stores the recent requests of every client, from the servers' events. No request waits for it: requests are written
 * together, a second later, and those beyond the bounds are dropped.
 */
export class RequestRecorder {
  readonly #db: Database
  readonly #log: Logger
  readonly #recorded = new WeakSet<RequestContext>()
  #waiting = new WaitingRequests()
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()
  #isClosed = false

  constructor(db: Database, log: Logger) {
    this.#db = db
    this.#log = log
  }

  /** Records an event of the current request. */
  record(event: OAuth1Event): void {
    const context = currentRequest()
    if (context === undefined || this.#isClosed) return
    const request = requestOf(event, context)
    // One row per request, however often its handler calls the servers.
    if (request === undefined || this.#recorded.has(context)) return
    this.#recorded.add(context)
    this.#waiting.add(request)
    this.#timer ??= setTimeout(() => void this.flush(), delayMilliseconds).unref()
  }

  /** Writes waiting requests. A failure is logged, and loses only these requests. */
  flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#writing = this.#writing.then(() => this.#write())
    return this.#writing
  }

  /**
   * Writes waiting requests for a page that shows them; if the database is locked, it waits no longer than a reader
   * does.
   */
  async settle(): Promise<void> {
    await Promise.race([this.flush(), pause(patienceMilliseconds, undefined, { ref: false })])
  }

  /** Writes waiting requests, and accepts no more: a refusal may still be under diagnosis when the database closes. */
  close(): Promise<void> {
    this.#isClosed = true
    return this.flush()
  }

  async #write(): Promise<void> {
    const requests = this.#waiting.all
    if (requests.length === 0) return
    this.#waiting = new WaitingRequests()
    try {
      await storeRequests(this.#db, requests)
    } catch (err) {
      this.#log.error({ err, requests: requests.length }, 'recent requests were not written')
    }
  }
}

/** The newest requests of each client and outcome: no more than would be kept. */
class WaitingRequests {
  readonly #kinds = new Map<string, NewRequest[]>()
  readonly #counts = { accepted: 0, refused: 0, unproven: 0 }

  add(request: NewRequest): void {
    const { clientId, outcome } = request
    const key = `${clientId} ${outcome}`
    const kind = this.#kinds.get(key) ?? []
    if (kind.length >= mostKept[outcome]) kind.shift()
    else if (this.#counts[outcome] >= mostWaiting[outcome]) return
    else this.#counts[outcome]++
    kind.push(request)
    this.#kinds.set(key, kind)
  }

  get all(): NewRequest[] {
    return [...this.#kinds.values()].flat()
  }
}

/** The kept part of an event; undefined if its request is not from a known client. */
function requestOf(event: OAuth1Event, context: RequestContext): NewRequest | undefined {
  const request = {
    requestId: context.requestId,
    atMilliseconds: Date.now(),
    method: context.method.slice(0, 20),
    path: printable(context.path),
    code: undefined,
    cause: undefined,
    details: undefined,
  }
  if (event.type === 'accepted') {
    return { ...request, clientId: event.clientId, outcome: 'accepted', endpoint: 'resource' }
  }
  if (event.type === 'issued') {
    const endpoint = event.credential === 'temporary' ? 'initiate' : 'token'
    return { ...request, clientId: event.clientId, outcome: 'accepted', endpoint }
  }
  // Pages and operators revoke tokens too; those are not requests of the client.
  if (event.type === 'revoked' && context.path === '/oauth/revoke') {
    return { ...request, clientId: event.clientId, outcome: 'accepted', endpoint: 'revoke' }
  }
  if (event.type !== 'refused') return undefined
  // For the server, a client that is not served does not exist; for its owner, it does.
  const clientId = event.clientId ?? event.claimedClientId ?? context.inactive?.clientId
  if (clientId === undefined) return undefined
  const details = detailsOf(event, context.inactive?.reason)
  return {
    ...request,
    clientId,
    outcome: isProven(event) ? 'refused' : 'unproven',
    endpoint: event.endpoint,
    code: event.code,
    cause: details.inactive ?? details.diagnosis?.causes[0]?.summary ?? printable(event.description),
    details,
  }
}

/** Whether the sender holds one of the client's secrets. */
function isProven({ clientId, diagnosis }: Refused): boolean {
  return clientId !== undefined || diagnosis?.proven === true
}

const inactiveTexts: Readonly<Record<Inactive, string>> = {
  'client-pending': 'The client is waiting for an administrator’s approval.',
  'client-suspended': 'The client is suspended.',
  'user-suspended': 'The user of this token is suspended.',
}

const longestText = 300

/** PostgreSQL's text cannot contain NUL, and no page needs other control characters. */
function printable(text: string): string {
  return text.slice(0, longestText).replace(/[^\x20-\x7e]/gu, '?')
}

/** A text column of MySQL holds 65,535 octets. */
const mostOctets = 60_000
const longestBaseString = 8_192

function detailsOf(
  { description, signatureMethod, place, diagnosis }: Refused,
  inactive: Inactive | undefined,
): RefusalDetails {
  // The diagnosis does not cover a client or a token that counts as unknown.
  if (inactive !== undefined)
    return { description, signatureMethod, place, inactive: inactiveTexts[inactive] }
  const details = { description, signatureMethod, place, diagnosis: diagnosis && masked(tellable(diagnosis)) }
  const { baseStrings: _, ...short } = details.diagnosis ?? {}
  const isLong = Buffer.byteLength(JSON.stringify(details)) > mostOctets
  return isLong ? { ...details, diagnosis: short as Diagnosis } : details
}

/**
 * The error that the client's owner may see. Otherwise, anyone who registers a client could find out whether a token
 * seen somewhere belongs to another client.
 */
function tellable(diagnosis: Diagnosis): Diagnosis {
  if (diagnosis.proven) return diagnosis
  const { summary, fix } = causes['unknown-token']
  const unknown: Cause = { code: 'unknown-token', summary, fix }
  const told = (cause: Cause) => (cause.code === 'token-of-another-client' ? unknown : cause)
  return { ...diagnosis, causes: diagnosis.causes.map(told) }
}

/** Without secrets, and without base strings that are longer than anyone reads. */
function masked({ baseStrings, ...diagnosis }: Diagnosis): Diagnosis {
  if (baseStrings === undefined) return diagnosis
  const { expected, signed } = baseStrings
  if (Math.max(expected.length, signed?.length ?? 0) > longestBaseString) return diagnosis
  const isRenamed = diagnosis.causes.some(
    ({ code }) => code === 'body-signed' || code === 'brackets-rewritten',
  )
  return {
    ...diagnosis,
    baseStrings: {
      ...baseStrings,
      expected: maskedBaseString(expected),
      signed:
        signed === undefined
          ? undefined
          : maskedBaseString(isRenamed ? withoutUnexpected(signed, expected) : signed),
    },
  }
}
