/**
 * The error that tells users what is wrong with their input.
 *
 * @module
 */

import type { FaultCode, TextValues } from './texts/texts.ts'

/** One fault, from which a text in any language is made. */
export interface InputFault {
  readonly code: FaultCode
  readonly values?: TextValues
}

/** Unusable user input: the message tells the user why. */
export class InputError extends Error {
  override readonly name = 'InputError'
  /** The form field or command line option at fault. */
  readonly field: string
  /** The faults that the message states in English; none if no page shows it. */
  readonly faults: readonly InputFault[]

  constructor(field: string, message: string, faults: readonly InputFault[] = []) {
    super(message)
    this.field = field
    this.faults = faults
  }
}
