import { Session } from 'node:inspector'

/**
 * Counts work instead of timing it: how often the engine went round in each function of the library (V8's precise
 * coverage), and how many characters its built-in functions for strings, octets and regular expressions went over.
 */
export class WorkCounter {
  readonly #session = new Session()
  #characters = 0

  /** The work of one call, whether it returns or throws. Nothing else may call the library from one count to the next. */
  count(run: () => unknown): number {
    this.#characters = 0
    const restore = this.#patchBuiltIns()
    try {
      run()
    } catch {
      // A refusal is work like any other.
    } finally {
      restore()
    }
    return this.#take() + this.#characters
  }

  start(): this {
    this.#session.connect()
    this.#session.post('Profiler.enable')
    this.#session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true })
    this.#take()
    return this
  }

  stop(): void {
    this.#session.post('Profiler.stopPreciseCoverage')
    this.#session.disconnect()
  }

  /** Rounds since the last time: of each function its busiest block. Within one thread `post` calls back at once. */
  #take(): number {
    let runs = 0
    this.#session.post('Profiler.takePreciseCoverage', (error, { result }) => {
      if (error) throw error
      for (const { url, functions } of result) {
        if (!url.includes('/countersign/src/')) continue
        for (const { ranges } of functions) runs += Math.max(...ranges.map(({ count }) => count))
      }
    })
    return runs
  }

  #patchBuiltIns(): () => void {
    const add = (characters: number) => {
      this.#characters += characters
    }
    const originals: [object, string, unknown][] = []
    const patch = <A extends unknown[], R>(
      target: object,
      name: string,
      cost: (self: never, args: A, result: R) => number,
    ) => {
      const original = Reflect.get(target, name)
      originals.push([target, name, original])
      Reflect.set(target, name, function patched(this: never, ...args: A): R {
        const result: R = Reflect.apply(original, this, args)
        add(cost(this, args, result))
        return result
      })
    }
    const whole = (self: { length: number }) => self.length
    const reach = (self: string, [part, from = 0]: [string, number?], at: number | boolean) =>
      typeof at === 'number' && at !== -1 ? at + part.length - from : self.length - from
    patch(String.prototype, 'charCodeAt', () => 1)
    patch(String.prototype, 'slice', () => 1)
    patch(String.prototype, 'indexOf', reach)
    patch(String.prototype, 'includes', reach)
    patch(String.prototype, 'startsWith', (_self, [part]: [string]) => part.length)
    for (const name of ['trim', 'trimStart', 'trimEnd', 'toLowerCase', 'toUpperCase'])
      patch(String.prototype, name, whole)
    for (const name of ['split', 'replaceAll', 'codePointAt', 'concat', 'padStart', 'repeat'])
      patch(String.prototype, name, whole)
    const { exec } = RegExp.prototype
    originals.push([RegExp.prototype, 'exec', exec])
    // `test`, `match` and `replace` call it, for each match from where the last one ended.
    RegExp.prototype.exec = function patched(text) {
      const from = this.global || this.sticky ? this.lastIndex : 0
      const found = Reflect.apply(exec, this, [text])
      add((found === null ? text.length : found.index + found[0].length) - from)
      return found
    }
    patch(globalThis, 'decodeURIComponent', (_self, [text]: [string]) => text.length)
    patch(globalThis, 'encodeURIComponent', (_self, [text]: [string]) => text.length)
    patch(TextDecoder.prototype, 'decode', (_self, [octets]: [Uint8Array]) => octets.length)
    patch(Buffer.prototype, 'write', (_self, _args, length: number) => length)
    patch(Buffer.prototype, 'toString', (_self, _args, text: string) => text.length)
    patch(Array.prototype, 'join', (_self, _args, text: string) => text.length)
    const sort = Array.prototype.sort
    originals.push([Array.prototype, 'sort', sort])
    Array.prototype.sort = function sorted(this: unknown[], compare) {
      return Reflect.apply(sort, this, [
        compare &&
          ((a: Sortable, b: Sortable) => {
            add(commonLength(a.key ?? a.name ?? '', b.key ?? b.name ?? ''))
            add(commonLength(a.value ?? '', b.value ?? ''))
            return compare(a, b)
          }),
      ])
    }
    return () => {
      for (const [target, name, original] of originals) Reflect.set(target, name, original)
    }
  }
}

/** What the library sorts: parameters, or anything by a key. */
type Sortable = { readonly [Name in 'key' | 'name' | 'value']?: string }

function commonLength(a: string, b: string): number {
  let length = 0
  while (length < a.length && a[length] === b[length]) length++
  return length
}
