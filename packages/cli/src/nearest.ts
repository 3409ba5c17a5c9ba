/** The name that was most likely meant; undefined where none is near. */
export function nearest(typed: string, names: readonly string[]): string | undefined {
  // A word this long is not a typing error, and the comparison takes quadratic time.
  if (typed.length > 40) return undefined
  const [best] = names
    .map((name) => ({ name, distance: distanceOf(typed.toLowerCase(), name) }))
    .sort((left, right) => left.distance - right.distance)
  return best !== undefined && best.distance <= 3 && best.distance <= best.name.length / 2
    ? best.name
    : undefined
}

/** How many letters to insert, delete or replace (Levenshtein). */
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
