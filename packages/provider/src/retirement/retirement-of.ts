import type { Admit } from 'countersign'
import { nowSeconds } from '../random.ts'
import type { ProviderSettings } from '../settings/settings.ts'
import { Retirement } from './retirement.ts'
import { readRetirement } from './retirement-file.ts'

/** The retirement in the settings; undefined for none. @throws ConfigurationError with every fault of the file. */
export function retirementOf({ retirementFile, options }: ProviderSettings): Retirement | undefined {
  if (retirementFile === undefined) return undefined
  return new Retirement(readRetirement(retirementFile, options), options.now ?? nowSeconds)
}

/** The option `admit` of the servers: the retirement, and the application's own refusals. */
export function admission(
  retirement: Retirement | undefined,
  { options }: Pick<ProviderSettings, 'options'>,
): { readonly admit?: Admit } {
  if (retirement === undefined) return {}
  return {
    admit(request) {
      retirement.admit(request)
      options.admit?.(request)
    },
  }
}
