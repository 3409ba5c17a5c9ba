/** Counts actions per name and in total within a minute. It keeps no more names than it lets through. */
export class MinuteLimit {
  readonly #each: number
  readonly #all: number
  #counts = new Map<string, number>()
  #taken = 0
  #began = 0

  constructor(each: number, all: number) {
    this.#each = each
    this.#all = all
  }

  /** True if the name may act once more. */
  take(name: string, now: number = Date.now()): boolean {
    if (Math.abs(now - this.#began) >= 60_000) {
      this.#counts = new Map()
      this.#taken = 0
      this.#began = now
    }
    const count = this.#counts.get(name) ?? 0
    if (count >= this.#each || this.#taken >= this.#all) return false
    this.#counts.set(name, count + 1)
    this.#taken++
    return true
  }
}
