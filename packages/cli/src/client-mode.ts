import { type CommandOption, type Invocation, optional } from './command.ts'
import { type ClientMode, InputError } from './provider.ts'

export const modeOption: CommandOption = {
  flags: '--mode MODE',
  summary: 'development, where refusals say why, or live',
}

/** @throws InputError when it is neither. */
export function modeOf(given: Invocation): ClientMode | undefined {
  const mode = optional(given, 'mode')
  if (mode === undefined || mode === 'development' || mode === 'live') return mode
  throw new InputError('mode', `There is no mode ${mode}: use development or live.`)
}
