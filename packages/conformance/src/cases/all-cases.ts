import type { ConformanceCase } from '../conformance-case.ts'
import { callbacks } from './callbacks.ts'
import { consent } from './consent.ts'
import { encodings } from './encodings.ts'
import { errors } from './errors.ts'
import { exchangeCases } from './exchange.ts'
import { flow } from './flow.ts'
import { header } from './header.ts'
import { malformed } from './malformed.ts'
import { methods } from './methods.ts'
import { places } from './places.ts'
import { replay } from './replay.ts'
import { timestamps } from './timestamps.ts'

/** Every case, in the order in which they run. */
export const allCases: readonly ConformanceCase[] = [
  ...flow,
  ...exchangeCases,
  ...callbacks,
  ...consent,
  ...places,
  ...header,
  ...encodings,
  ...methods,
  ...replay,
  ...timestamps,
  ...errors,
  ...malformed,
]
