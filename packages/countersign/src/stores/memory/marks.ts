import { sha256Octets } from '../../crypto/digest.ts'

/** Slots that may be in use before the table grows, as a part of all: more would make the searches long. */
const fullness = 0.6
const smallest = 1024
/** A slot is five words: the four of a print, and the second of its end, shifted by `shift`. */
const slotWords = 5
const free = 0
/** Not free: a search for what lies past it must go on. */
const deleted = 1
const shift = 2
/** Expiry beyond 32 bits is stored as 'never': keeping a nonce too long is safe, forgetting it early is not. */
const never = 0xffff_ffff

/**
 * Keys that are there until a time, without a value: what a nonce is. Each is kept as 128 bits of its SHA-256 and the
 * second of its end, in one flat array, so that a million of them cost about 40 bytes each and the garbage collector nothing.
 */
export class Marks {
  #table = new Uint32Array(slotWords * smallest)
  #slots = smallest
  /** Slots that are not free: the living and the dead. */
  #used = 0
  #deleted = 0

  /** The living, and those that have died since the last sweep. */
  get size(): number {
    return this.#used - this.#deleted
  }

  /** Whether the next key needs a sweep before it. */
  get isFull(): boolean {
    return this.#used + 1 > this.#slots * fullness
  }

  /** Whether the key is there at this time. */
  has(key: string, clock: number): boolean {
    return isLive(this.#end(this.#find(printOf(key))), clock)
  }

  /** Puts the key in, or gives it a new end. */
  put(key: string, end: number): void {
    this.#write(this.#find(printOf(key)), end)
  }

  /** Puts the key in and returns true, or returns false if it is there. */
  add(key: string, end: number, clock: number): boolean {
    const at = this.#find(printOf(key))
    if (isLive(this.#end(at), clock)) return false
    this.#write(at, end)
    return true
  }

  /** Ends the key, and returns whether it was there. */
  delete(key: string, clock: number): boolean {
    const at = this.#find(printOf(key))
    if (!isLive(this.#end(at), clock)) return false
    this.#table[at + 4] = deleted
    this.#deleted++
    return true
  }

  /** Drops the dead and makes room for as many again as live. Each key pays for it once, however many there are. */
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

  /** Where the slot of a print is, or the free one that it can have. Prints are spread evenly, so it is near. */
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

  /** Writes the print that was looked for last, and its end. */
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

/** Reused from call to call: nothing here waits. */
const print = new Uint32Array(4)

/** 128 bits of the key's SHA-256, which no two keys can be made to share. */
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
