/** The name that was most likely meant; undefined where none is near. */
export function nearest(typed: string, names: readonly string[]): string | undefined {
  if (typed.length > 40) return undefined
  const lower = typed.toLowerCase()
  const longer = names.filter((name) => lower.length >= 3 && name.startsWith(lower))
  const [best] = names
    .map((name) => ({ name, distance: distanceOf(lower, name) }))
    .sort((left, right) => left.distance - right.distance)
  if (best && best.distance <= 3 && best.distance <= best.name.length / 2) return best.name
  return longer[0]
}

/** How many letters have to be added, left out or changed (Levenshtein). */
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
