/** The setting that was most likely meant; undefined if none is close. */
export function nearestSetting(typed: string, known: readonly string[]): string | undefined {
  // Such a long word is not a typo, and the comparison takes quadratic time.
  if (typed.length > 60) return undefined
  const [best] = known
    .map((name) => ({ name, distance: distanceOf(typed.toUpperCase(), name) }))
    .sort((left, right) => left.distance - right.distance)
  return best !== undefined && best.distance <= Math.max(2, typed.length / 4) ? best.name : undefined
}

/** The number of letters to insert, delete or replace (Levenshtein). */
function distanceOf(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (const [i, letter] of [...left].entries()) {
    const next = [i + 1]
    for (let j = 1; j <= right.length; j++) {
      const changed = (row[j - 1] ?? 0) + (letter === right[j - 1] ? 0 : 1)
      next[j] = Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1)
    }
    row = next
  }
  return row[right.length] ?? 0
}
