/** What the tests use of the package, which brings no types. */
declare module 'memcached' {
  type Callback = (error: unknown, reply: unknown) => void
  class Memcached {
    constructor(servers: string, options?: Readonly<Record<string, number | string | boolean>>)
    get(key: string, callback: Callback): void
    set(key: string, value: string, lifetime: number, callback: Callback): void
    add(key: string, value: string, lifetime: number, callback: Callback): void
    del(key: string, callback: Callback): void
    end(): void
  }
  export = Memcached
}
