/**
 * The known name that a misspelt one most likely means: as many edits away as a slip of the keyboard or of another
 * language's habits makes, whatever the case and the signs between its words.
 */
export function nearestName(name: string, known: readonly string[], mostEdits?: number): string | undefined {
  const written = plain(name)
  let nearest: string | undefined
  let fewest = (mostEdits ?? Math.max(1, Math.ceil(written.length / 3))) + 1
  for (const candidate of known) {
    const meant = plain(candidate)
    // A name that was cut short, or went on, is near however much is missing.
    const isPart = mostEdits === undefined && written.length >= 4 && meant.startsWith(written)
    const edits = Math.min(editDistance(written, meant), isPart ? 1.5 : Number.POSITIVE_INFINITY)
    if (edits < fewest) [nearest, fewest] = [candidate, edits]
  }
  return nearest
}

function plain(name: string): string {
  // No name of ours is nearly as long, and the work grows with the square.
  return name
    .slice(0, 60)
    .replace(/[\s_-]/g, '')
    .toLowerCase()
}

/** Letters to put in, leave out, replace, or swap with their neighbour (optimal string alignment). */
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
