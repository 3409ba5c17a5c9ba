import { sha256Octets } from '../protocol/crypto.ts'

/** Slots that may be in use before the table grows, as a part of all: more would make the searches long. */
const fullness = 0.6
const smallest = 1024

/**
 * Keys that are there until a time, without a value: what a nonce is. Each is kept as 128 bits of its SHA-256 and the
 * second of its end, in flat arrays, so that a million of them cost 50 bytes each and the garbage collector nothing.
 */
export class Marks {
  /** Four words a slot. */
  #prints = new Uint32Array(4 * smallest)
  /** When each slot dies, on the caller's clock. */
  #ends = freeSlots(smallest)
  /** Slots that are not free: the living and the dead. */
  #used = 0
  #deleted = 0

  /** The living, and those that have died since the last sweep. */
  get size(): number {
    return this.#used - this.#deleted
  }

  /** Whether the next key needs a sweep before it. */
  get isFull(): boolean {
    return this.#used + 1 > this.#ends.length * fullness
  }

  /** Whether the key is there at this time. */
  has(key: string, clock: number): boolean {
    const slot = this.#find(printOf(key))
    return slot !== -1 && this.#end(slot) > clock
  }

  /** Puts the key in, or gives it a new end. */
  put(key: string, end: number): void {
    const print = printOf(key)
    const slot = this.#find(print)
    if (slot === -1) this.#insert(print, end)
    else this.#revive(slot, end)
  }

  /** Puts the key in and answers true, or answers false if it is there. */
  add(key: string, end: number, clock: number): boolean {
    const print = printOf(key)
    const slot = this.#find(print)
    if (slot === -1) this.#insert(print, end)
    else if (this.#end(slot) > clock) return false
    else this.#revive(slot, end)
    return true
  }

  /** Ends the key, and answers whether it was there. */
  delete(key: string, clock: number): boolean {
    const slot = this.#find(printOf(key))
    if (slot === -1 || this.#end(slot) <= clock) return false
    this.#ends[slot] = deleted
    this.#deleted++
    return true
  }

  /** Drops the dead and makes room for as many again as live. Each key pays for it once, however many there are. */
  sweep(clock: number): void {
    const [prints, ends] = [this.#prints, this.#ends]
    let living = 0
    for (const end of ends) if (end > clock) living++
    let size = smallest
    while (size * fullness <= living * 1.5) size *= 2
    this.#prints = new Uint32Array(4 * size)
    this.#ends = freeSlots(size)
    this.#used = 0
    this.#deleted = 0
    for (let slot = 0; slot < ends.length; slot++) {
      const end = ends[slot] as number
      if (!(end > clock)) continue
      for (let word = 0; word < 4; word++) scratch[word] = prints[4 * slot + word] as number
      this.#insert(scratch, end)
    }
  }

  #end(slot: number): number {
    return this.#ends[slot] as number
  }

  /** The slot of a print, or -1. The prints are spread evenly, so the next free slot is near. */
  #find(print: Uint32Array): number {
    const last = this.#ends.length - 1
    for (let slot = (print[0] as number) & last; !this.#isFree(slot); slot = (slot + 1) & last) {
      const at = 4 * slot
      if (
        this.#prints[at] === print[0] &&
        this.#prints[at + 1] === print[1] &&
        this.#prints[at + 2] === print[2] &&
        this.#prints[at + 3] === print[3]
      )
        return slot
    }
    return -1
  }

  #isFree(slot: number): boolean {
    return Number.isNaN(this.#ends[slot])
  }

  #revive(slot: number, end: number): void {
    if (this.#ends[slot] === deleted) this.#deleted--
    this.#ends[slot] = end
  }

  #insert(print: Uint32Array, end: number): void {
    const last = this.#ends.length - 1
    let slot = (print[0] as number) & last
    while (!this.#isFree(slot)) slot = (slot + 1) & last
    for (let word = 0; word < 4; word++) this.#prints[4 * slot + word] = print[word] as number
    this.#ends[slot] = end
    this.#used++
  }
}

/** The end of what was deleted. It is not free: a search for what lies behind it must pass. */
const deleted = Number.NEGATIVE_INFINITY

function freeSlots(count: number): Float64Array {
  return new Float64Array(count).fill(Number.NaN)
}

/** Reused from call to call: nothing here waits. */
const scratch = new Uint32Array(4)

/** 128 bits of the key's SHA-256, of which nobody can make two keys share. */
function printOf(key: string): Uint32Array {
  const octets = sha256Octets(key)
  for (let word = 0; word < 4; word++) {
    const at = 4 * word
    scratch[word] =
      octets.charCodeAt(at) |
      (octets.charCodeAt(at + 1) << 8) |
      (octets.charCodeAt(at + 2) << 16) |
      (octets.charCodeAt(at + 3) << 24)
  }
  return scratch
}
