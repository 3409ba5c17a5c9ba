export interface Random {
  /** Below the bound. */
  number(bound: number): number
  one<T>(list: readonly T[]): T
  shuffled<T>(list: readonly T[]): T[]
  text(alphabet: readonly string[], longest: number): string
}

/** Draws from a seed, the same on every runtime (mulberry32). */
export function random(seed: number): Random {
  let state = seed
  function fraction(): number {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const number = (bound: number) => Math.floor(fraction() * bound)
  const one = <T>(list: readonly T[]) => list[number(list.length)] as T
  return {
    number,
    one,
    shuffled: (list) => {
      const rest = [...list]
      return list.map(() => rest.splice(number(rest.length), 1)[0] as (typeof rest)[number])
    },
    text: (alphabet, longest) => Array.from({ length: number(longest + 1) }, () => one(alphabet)).join(''),
  }
}
