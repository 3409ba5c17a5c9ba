import { InputError, type InputFault } from './input-error.ts'
import { english, type FaultCode, type TextValues } from './texts/texts.ts'

/** The error for one fault of a field. */
export function inputFault(field: string, code: FaultCode, values: TextValues = {}): InputError {
  return inputFaults(field, [{ code, values }])
}

/** The error for several faults, one per line. */
export function inputFaults(field: string, faults: readonly InputFault[]): InputError {
  const lines = faults.map(({ code, values }) => english.faults[code](values))
  return new InputError(field, lines.join('\n'), faults)
}
