/** How many faults to report one by one; the rest is counted. */
const maxTold = 20

/** The faults of files, a line each. */
export class FaultList {
  readonly #told: string[] = []
  #count = 0

  add(line: string): void {
    if (++this.#count <= maxTold) this.#told.push(line)
  }

  get count(): number {
    return this.#count
  }

  get lines(): readonly string[] {
    return this.#count > maxTold ? [...this.#told, `… and ${this.#count - maxTold} more`] : this.#told
  }
}
