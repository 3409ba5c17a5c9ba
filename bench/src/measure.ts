/** One contender: `prepare` is not timed, `run` is. */
export interface Contender<P> {
  readonly prepare: () => P
  readonly run: (prepared: P) => void | Promise<void>
}

/** Warm-up rounds, in which the engine compiles hot code. */
const warmUp = 20

/**
 * Microseconds per item, the median of the rounds. The contenders take turns, round after round, so that a change in
 * the machine's speed affects all.
 */
export async function medianTimes<P extends { length: number }>(
  rounds: number,
  contenders: Record<string, Contender<P>>,
): Promise<Map<string, number>> {
  const times = new Map(Object.keys(contenders).map((name) => [name, [] as number[]]))
  for (let round = -warmUp; round < rounds; round++) {
    for (const [name, { prepare, run }] of Object.entries(contenders)) {
      const prepared = prepare()
      const start = process.hrtime.bigint()
      await run(prepared)
      const microseconds = Number(process.hrtime.bigint() - start) / 1000 / prepared.length
      if (round >= 0) times.get(name)?.push(microseconds)
    }
  }
  return new Map([...times].map(([name, all]) => [name, median(all)]))
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}

/** Prints a table in the README's format. */
export function printTable(
  title: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): void {
  console.log(`\n${title}\n`)
  console.log(`| ${head.join(' | ')} |`)
  console.log(`| --- |${' ---: |'.repeat(head.length - 1)}`)
  for (const row of rows) console.log(`| ${row.join(' | ')} |`)
}

/** Measures until the bounds hold, at most three times: a busy machine only ever makes ratios worse. */
export async function withinBounds(
  what: string,
  measure: () => Promise<{ readonly holds: boolean; readonly text: string }>,
): Promise<void> {
  for (let attempt = 1; attempt <= 3; attempt++) {
    const { holds, text } = await measure()
    console.log(`${what}: ${text}`)
    if (holds) return
  }
  console.error(`${what} was out of bounds three times.`)
  process.exitCode = 1
}
