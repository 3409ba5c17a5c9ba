/** The label of every client beyond those that have one of their own. */
const others = 'other'

/**
 * Labels of clients for metrics. Each series costs memory here and in Prometheus, so only the first clients that prove
 * themselves get labels of their own; a label is never given up, because a counter that changes its label looks reset.
 */
export class ClientLabels {
  readonly #known = new Set<string>()
  readonly #most: number

  /** @param most - How many clients have labels of their own. */
  constructor(most: number) {
    this.#most = most
  }

  /** @param clientId - Of a client that has proven its secret; anyone may name a client. */
  labelOf(clientId: string | undefined): string {
    if (clientId === undefined) return ''
    if (this.#known.has(clientId)) return clientId
    if (this.#known.size >= this.#most) return others
    this.#known.add(clientId)
    return clientId
  }
}
