import type { HttpRequest, ProvenRequest } from 'countersign'
import { OAuth1Request } from 'countersign/protocol'
import { currentRequest } from '../requests/request-context.ts'
import { noticeHeaders, refusalIn } from './notice.ts'
import type { RetirementPlan, Signer } from './retirement-plan.ts'
import { type Standing, standingOf } from './standing.ts'

/** Tells clients about the end of features they use, and refuses them after it. */
export class Retirement {
  readonly plan: RetirementPlan
  readonly #now: () => number

  /** @param now - In seconds since 1970. */
  constructor(plan: RetirementPlan, now: () => number) {
    this.plan = plan
    this.#now = now
  }

  /** In whole seconds since 1970. */
  get now(): number {
    return Math.floor(this.#now())
  }

  standing(signer: Signer): Standing | undefined {
    return standingOf(this.plan, signer, this.now)
  }

  /**
   * Records the notice for the response to the current request.
   *
   * @throws OAuth1Error in a brownout, and after the end.
   */
  admit({ clientId, signatureMethod }: ProvenRequest): void {
    const standing = this.standing({ clientId, methods: [signatureMethod] })
    if (standing === undefined) return
    const { guide } = this.plan
    const context = currentRequest()
    const wait = standing.until === undefined ? {} : { 'retry-after': String(standing.until - this.now) }
    if (context !== undefined) context.notice = { ...noticeHeaders(standing, guide), ...wait }
    const refusal = refusalIn(standing, guide)
    if (refusal !== undefined) throw refusal
  }

  /**
   * The notice for the response to the current request. If no client was proven, only the method counts, so that
   * strangers do not learn which clients exist.
   *
   * @param request - As far as it was read; undefined if it was not.
   */
  notice(request: HttpRequest | undefined): Readonly<Record<string, string>> {
    const noted = currentRequest()?.notice
    if (noted !== undefined || request === undefined) return noted ?? {}
    const method = claimedMethod(request)
    const standing = method === undefined ? undefined : this.standing({ methods: [method] })
    return standing === undefined ? {} : noticeHeaders(standing, this.plan.guide)
  }
}

/** The method that a request names; an unreadable request names none. */
function claimedMethod(request: HttpRequest): string | undefined {
  try {
    return OAuth1Request.parse(request).signatureMethod
  } catch {
    return undefined
  }
}
