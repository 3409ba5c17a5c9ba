/**
 * The known name that a misspelt one most likely means: within the few edits of a typing error or of another language's
 * conventions, ignoring case and word separators.
 */
export function nearestName(name: string, known: readonly string[], mostEdits?: number): string | undefined {
  const written = plain(name)
  let nearest: string | undefined
  let fewest = (mostEdits ?? Math.max(1, Math.ceil(written.length / 3))) + 1
  for (const candidate of known) {
    const meant = plain(candidate)
    // A truncated or extended name is near, however much is missing.
    const isPart = mostEdits === undefined && written.length >= 4 && meant.startsWith(written)
    const edits = Math.min(editDistance(written, meant), isPart ? 1.5 : Number.POSITIVE_INFINITY)
    if (edits < fewest) [nearest, fewest] = [candidate, edits]
  }
  return nearest
}

function plain(name: string): string {
  // No known name is nearly as long, and the work grows with the square of the length.
  return name
    .slice(0, 60)
    .replace(/[\s_-]/g, '')
    .toLowerCase()
}

/** The number of letters to insert, delete, replace, or swap with their neighbour (optimal string alignment). */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let row = 1; row <= from.length; row++) {
    const current = [row]
    for (let column = 1; column <= to.length; column++) {
      const same = from[row - 1] === to[column - 1]
      let edits = Math.min(
        (last[column] as number) + 1,
        (current[column - 1] as number) + 1,
        (last[column - 1] as number) + (same ? 0 : 1),
      )
      const isSwapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]
      if (isSwapped) edits = Math.min(edits, (beforeLast[column - 2] as number) + 1)
      current.push(edits)
    }
    beforeLast = last
    last = current
  }
  return last[to.length] as number
}
