import type { Limits } from '../protocol/limits.ts'
import { type Kinds, numberFrom, wholeNumber } from './option-kinds.ts'

/** The permitted limits of a request, for a server and for an adapter's `endpoint`. */
export const limitKinds: Kinds<Limits> = {
  maxHeaderLength: wholeNumber(1),
  maxUrlLength: wholeNumber(1),
  maxBodyLength: wholeNumber(1),
  maxParameters: wholeNumber(1),
  maxValueLength: wholeNumber(1),
  bodyTimeoutSeconds: numberFrom(0.001, 2_147_483),
}
