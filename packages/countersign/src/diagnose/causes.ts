import type { Cause } from '../protocol/diagnosis.ts'
import { addressCauses } from './address.ts'
import { encodingCauses } from './encoding.ts'
import { keyCauses } from './keys.ts'
import { membershipCauses } from './membership.ts'
import { orderCauses } from './order.ts'
import { repetitionCauses } from './repetition.ts'
import { requestCauses } from './request-causes.ts'
import { formCauses } from './signature-forms.ts'
import type { CauseText } from './signing.ts'
import { verbCauses } from './verb.ts'

/** Every cause by its code, in groups. */
export const causeGroups = {
  'Method and address': { ...verbCauses, ...addressCauses },
  'Which parameters are signed': { ...membershipCauses, ...repetitionCauses },
  'How parameters are encoded': encodingCauses,
  'How parameters are sorted': orderCauses,
  'The key': keyCauses,
  'The signature': formCauses,
  'The request around the signature': requestCauses,
} as const

type Union<T> = T extends unknown ? keyof T : never

/** The stable name of a cause. */
export type CauseCode = Union<(typeof causeGroups)[keyof typeof causeGroups]>

/** What is said of each cause: also the source of the guide to troubleshooting. */
export const causes: Readonly<Record<CauseCode, CauseText>> = Object.assign({}, ...Object.values(causeGroups))

export function causeOf(code: CauseCode, detail?: string): Cause {
  const { summary, fix } = causes[code]
  return { code, summary, fix, ...(detail ? { detail: detail.slice(0, 200) } : {}) }
}
