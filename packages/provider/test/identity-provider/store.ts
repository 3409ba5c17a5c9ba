type Payload = Record<string, unknown> & { uid?: string; grantId?: string; consumed?: number }

/** What the identity provider keeps, in memory: its own default warns that it is for development. */
export function storeOf() {
  const entries = new Map<string, Payload>()
  let client: Payload | undefined

  class Adapter {
    readonly name: string
    constructor(name: string) {
      this.name = name
    }
    async upsert(id: string, payload: Payload): Promise<void> {
      entries.set(`${this.name} ${id}`, payload)
    }
    async find(id: string): Promise<Payload | undefined> {
      return this.name === 'Client' ? client : entries.get(`${this.name} ${id}`)
    }
    async findByUid(uid: string): Promise<Payload | undefined> {
      return [...entries].find(([key, entry]) => key.startsWith(`${this.name} `) && entry.uid === uid)?.[1]
    }
    async findByUserCode(): Promise<undefined> {
      return undefined
    }
    async consume(id: string): Promise<void> {
      const entry = entries.get(`${this.name} ${id}`)
      if (entry !== undefined) entry.consumed = Math.floor(Date.now() / 1000)
    }
    async destroy(id: string): Promise<void> {
      entries.delete(`${this.name} ${id}`)
    }
    async revokeByGrantId(grantId: string): Promise<void> {
      for (const [key, entry] of entries) if (entry.grantId === grantId) entries.delete(key)
    }
  }

  return {
    adapter: Adapter,
    setClient(given: Payload): void {
      client = given
    },
  }
}
