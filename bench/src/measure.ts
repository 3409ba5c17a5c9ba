/** One contender: `prepare` is not timed, `run` is. */
export interface Contender<P> {
  readonly prepare: () => P
  readonly run: (prepared: P) => void | Promise<void>
}

/** Microseconds an item, the median of the rounds. */
export interface Figure {
  readonly microseconds: number
  /** Against the first contender, round by round. */
  readonly ratio: number
}

/** Runs the contenders in turn, round after round, so that a machine that changes its speed changes it for all. */
/** Rounds that do not count: the engine compiles what is hot. */
const warmUp = 20

export async function medianRatios<P extends { length: number }>(
  rounds: number,
  contenders: Record<string, Contender<P>>,
): Promise<Map<string, Figure>> {
  const names = Object.keys(contenders)
  const times = new Map(names.map((name) => [name, [] as number[]]))
  for (let round = -warmUp; round < rounds; round++) {
    for (const [name, { prepare, run }] of Object.entries(contenders)) {
      const prepared = prepare()
      const start = process.hrtime.bigint()
      await run(prepared)
      const microseconds = Number(process.hrtime.bigint() - start) / 1000 / prepared.length

      if (round >= 0) times.get(name)?.push(microseconds)
    }
  }
  const floor = times.get(names[0] as string) as number[]
  return new Map(
    [...times].map(([name, all]) => [
      name,
      { microseconds: median(all), ratio: median(all.map((time, round) => time / (floor[round] as number))) },
    ]),
  )
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}

/** Prints a table in the form that the README takes. */
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
