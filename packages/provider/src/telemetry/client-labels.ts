/** The label of all clients without their own label. */
const others = 'other'

/**
 * Labels of clients for metrics. Each series costs memory here and in Prometheus, so only the first clients that prove
 * themselves get their own labels. They keep them, because a counter whose label changes looks reset.
 */
export class ClientLabels {
  readonly #known = new Set<string>()
  readonly #most: number

  /** @param most - How many clients get their own labels. */
  constructor(most: number) {
    this.#most = most
  }

  /** @param clientId - A client that has proven its secret; anyone may name a client. */
  labelOf(clientId: string | undefined): string {
    if (clientId === undefined) return ''
    if (this.#known.has(clientId)) return clientId
    if (this.#known.size >= this.#most) return others
    this.#known.add(clientId)
    return clientId
  }
}
