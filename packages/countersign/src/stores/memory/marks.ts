import { sha256Octets } from '../../crypto/digest.ts'

/** The fraction of slots that may be in use before the table grows: more would make searches long. */
const fullness = 0.6
const smallest = 1024
/** A slot is five words: four for a fingerprint, and the second in which it expires, shifted by `shift`. */
const slotWords = 5
const free = 0
/** Not free: a search must continue past it. */
const deleted = 1
const shift = 2
/** Expiry beyond 32 bits is stored as 'never': keeping a nonce too long is safe, forgetting it early is not. */
const never = 0xffff_ffff

/**
 * Keys with an expiry and no value, such as nonces. Each is stored as 128 bits of its SHA-256 and the second in which
 * it expires, in one flat array, so that a million of them cost about 40 bytes each, and no garbage collection.
 */
export class Marks {
  #table = new Uint32Array(slotWords * smallest)
  #slots = smallest
  /** Slots that are not free, live or deleted. */
  #used = 0
  #deleted = 0

  /** The live keys, and those that have expired since the last sweep. */
  get size(): number {
    return this.#used - this.#deleted
  }

  /** Whether the next key needs a sweep before it. */
  get isFull(): boolean {
    return this.#used + 1 > this.#slots * fullness
  }

  /** Whether the key exists at this time. */
  has(key: string, clock: number): boolean {
    return isLive(this.#end(this.#find(printOf(key))), clock)
  }

  /** Inserts the key, or changes its expiry. */
  put(key: string, end: number): void {
    this.#write(this.#find(printOf(key)), end)
  }

  /** Inserts the key and returns true, or returns false if it exists. */
  add(key: string, end: number, clock: number): boolean {
    const at = this.#find(printOf(key))
    if (isLive(this.#end(at), clock)) return false
    this.#write(at, end)
    return true
  }

  /** Deletes the key, and returns whether it existed. */
  delete(key: string, clock: number): boolean {
    const at = this.#find(printOf(key))
    if (!isLive(this.#end(at), clock)) return false
    this.#table[at + 4] = deleted
    this.#deleted++
    return true
  }

  /**
   * Drops expired keys and makes room for as many more as are live. The cost per key is constant, however many there
   * are.
   */
  sweep(clock: number): void {
    const table = this.#table
    let living = 0
    for (let at = 4; at < table.length; at += slotWords) if (isLive(table[at] as number, clock)) living++
    this.#slots = smallest
    while (this.#slots * fullness <= living * 1.5) this.#slots *= 2
    const last = this.#slots - 1
    const next = new Uint32Array(slotWords * this.#slots)
    for (let at = 0; at < table.length; at += slotWords) {
      if (!isLive(table[at + 4] as number, clock)) continue
      let slot = (table[at] as number) & last
      while (next[slotWords * slot + 4] !== free) slot = (slot + 1) & last
      for (let word = 0; word < slotWords; word++) next[slotWords * slot + word] = table[at + word] as number
    }
    this.#table = next
    this.#used = living
    this.#deleted = 0
  }

  #end(at: number): number {
    return this.#table[at + 4] as number
  }

  /**
   * The position of a fingerprint's slot, or of the free slot for it. Fingerprints are spread evenly, so it is near.
   */
  #find(print: Uint32Array): number {
    const table = this.#table
    const [first, second, third, fourth] = [print[0], print[1], print[2], print[3]]
    const last = this.#slots - 1
    let slot = (first as number) & last
    for (;;) {
      const at = slotWords * slot
      if (
        table[at + 4] === free ||
        (table[at] === first &&
          table[at + 1] === second &&
          table[at + 2] === third &&
          table[at + 3] === fourth)
      )
        return at
      slot = (slot + 1) & last
    }
  }

  /** Writes the fingerprint of the last search, and its expiry. */
  #write(at: number, end: number): void {
    const table = this.#table
    if (table[at + 4] === free) this.#used++
    else if (table[at + 4] === deleted) this.#deleted--
    for (let word = 0; word < 4; word++) table[at + word] = print[word] as number
    const word = end + shift
    table[at + 4] = word < never ? Math.max(word, shift) : never
  }
}

function isLive(word: number, clock: number): boolean {
  return word === never || (word > deleted && word - shift > clock)
}

/** Reused by every call, because nothing here is asynchronous. */
const print = new Uint32Array(4)

/** 128 bits of the key's SHA-256, for which no one can construct two keys. */
function printOf(key: string): Uint32Array {
  const octets = sha256Octets(key)
  for (let word = 0; word < 4; word++) {
    const at = 4 * word
    print[word] =
      octets.charCodeAt(at) |
      (octets.charCodeAt(at + 1) << 8) |
      (octets.charCodeAt(at + 2) << 16) |
      (octets.charCodeAt(at + 3) << 24)
  }
  return print
}
