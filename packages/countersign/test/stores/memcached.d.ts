/** What the tests use of the package, which brings no types. */
declare module 'memcached' {
  type Answer = (error: unknown, reply: unknown) => void
  class Memcached {
    constructor(servers: string, options?: Readonly<Record<string, number | string | boolean>>)
    get(key: string, answer: Answer): void
    set(key: string, value: string, lifetime: number, answer: Answer): void
    add(key: string, value: string, lifetime: number, answer: Answer): void
    del(key: string, answer: Answer): void
    end(): void
  }
  export = Memcached
}
