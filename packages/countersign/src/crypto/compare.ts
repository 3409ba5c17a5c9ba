import { timingSafeEqual } from 'node:crypto'

/** Compares two strings in a time that does not depend on where they differ. Their lengths are not secret. */
export function constantTimeEqual(a: string, b: string): boolean {
  if (a.length !== b.length) return false
  const { left, right } = comparands(a.length)
  for (let i = 0; i < a.length; i++) {
    left[i] = a.charCodeAt(i)
    right[i] = b.charCodeAt(i)
  }
  return timingSafeEqual(left, right)
}

interface Comparands {
  readonly left: Uint16Array
  readonly right: Uint16Array
}

/** Buffers for two texts of this length, reused for the usual lengths. */
function comparands(length: number): Comparands {
  const known = usualComparands[length]
  if (known !== undefined) return known
  const made = { left: new Uint16Array(length), right: new Uint16Array(length) }
  if (length <= 128) usualComparands[length] = made
  return made
}

const usualComparands: Comparands[] = []
