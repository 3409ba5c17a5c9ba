import type { HttpRequest, ProvenRequest } from 'countersign'
import { OAuth1Request } from 'countersign/protocol'
import { currentRequest } from '../requests/request-context.ts'
import { noticeHeaders, refusalIn } from './notice.ts'
import type { RetirementPlan, Signer } from './retirement-plan.ts'
import { type Standing, standingOf } from './standing.ts'

/** Tells clients of the end of what they use, and refuses them when it has come. */
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
   * Notes for the response to the request under way what it must be told.
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
   * What the response to the request under way must say. Of a request that proved no client the method alone counts, so
   * that no stranger learns which clients there are.
   *
   * @param request - As far as it was read; undefined where it was not.
   */
  notice(request: HttpRequest | undefined): Readonly<Record<string, string>> {
    const noted = currentRequest()?.notice
    if (noted !== undefined || request === undefined) return noted ?? {}
    const method = claimedMethod(request)
    const standing = method === undefined ? undefined : this.standing({ methods: [method] })
    return standing === undefined ? {} : noticeHeaders(standing, this.plan.guide)
  }
}

/** The method that a request names; what cannot be read names none. */
function claimedMethod(request: HttpRequest): string | undefined {
  try {
    return OAuth1Request.parse(request).signatureMethod
  } catch {
    return undefined
  }
}
