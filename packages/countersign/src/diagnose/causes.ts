import type { Cause } from '../protocol/diagnosis.ts'
import { type AddressCode, addressCauses } from './address.ts'
import { type EncodingCode, encodingCauses } from './encoding.ts'
import { type KeyCode, keyCauses } from './keys.ts'
import { type MembershipCode, membershipCauses } from './membership.ts'
import { type OrderCode, orderCauses } from './order.ts'
import { type RepetitionCode, repetitionCauses } from './repetition.ts'
import { type RequestCode, requestCauses } from './request-causes.ts'
import { type FormCode, formCauses } from './signature-forms.ts'
import type { CauseText } from './signing.ts'
import { type VerbCode, verbCauses } from './verb.ts'

/** The stable name of a cause. */
export type CauseCode =
  | VerbCode
  | AddressCode
  | MembershipCode
  | RepetitionCode
  | EncodingCode
  | OrderCode
  | KeyCode
  | FormCode
  | RequestCode

/** Every cause by its code, in titled groups. */
export const causeGroups: Readonly<Record<string, Readonly<Partial<Record<CauseCode, CauseText>>>>> = {
  'Method and address': { ...verbCauses, ...addressCauses },
  'Which parameters are signed': { ...membershipCauses, ...repetitionCauses },
  'How parameters are encoded': encodingCauses,
  'How parameters are sorted': orderCauses,
  'The key': keyCauses,
  'The signature': formCauses,
  'The request around the signature': requestCauses,
}

/** The text of each cause, from which the troubleshooting guide is generated. */
export const causes: Readonly<Record<CauseCode, CauseText>> = Object.assign({}, ...Object.values(causeGroups))

export function causeOf(code: CauseCode, detail?: string): Cause {
  const { summary, fix } = causes[code]
  return { code, summary, fix, ...(detail ? { detail: detail.slice(0, 200) } : {}) }
}
