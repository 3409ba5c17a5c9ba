import type { Mistake } from '../mistaken-client.ts'
import { addressMistakes } from './address.ts'
import { encodingMistakes } from './encoding.ts'
import { keyMistakes } from './key.ts'
import { membershipMistakes } from './membership.ts'
import { orderMistakes } from './order.ts'
import { repetitionMistakes } from './repetition.ts'
import { signatureMistakes } from './signature.ts'

/** The mistake, step by step. */
export const steps: readonly (readonly Mistake[])[] = [
  addressMistakes,
  membershipMistakes,
  repetitionMistakes,
  encodingMistakes,
  orderMistakes,
  keyMistakes,
  signatureMistakes,
]

/** All of it, in the order in which a client does these things. */
export const mistakes: readonly Mistake[] = steps.flat()
