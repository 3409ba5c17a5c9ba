/** How often something happened within the current window. */
export interface Counted {
  readonly count: number
  /** Until the window closes, rounded up. */
  readonly secondsLeft: number
}

/** A request for a place among the attempts of a key. */
export interface TryRequest {
  readonly limit: number
  /** Identifies the place. */
  readonly id: string
  /** After this time the place is free again, whatever happened to the process that took it. */
  readonly holdSeconds: number
}

/** Counts that several processes share. Each operation is atomic, and rejects while they cannot be reached. */
export interface SharedLimits {
  /** Adds one to a count; the first opens a window. */
  add(key: string, windowSeconds: number): Promise<Counted>
  read(key: string): Promise<Counted>
  /** Takes a place. Returns `busy` while others that may fail hold all of them, or the seconds until a failure is forgotten. */
  enter(key: string, request: TryRequest): Promise<'entered' | 'busy' | number>
  /** Gives the place back; a failed attempt counts for this long, and a successful one clears earlier failures. */
  leave(key: string, id: string, isRight: boolean | undefined, windowSeconds: number): Promise<void>
  /** Seconds until the next turn, each some seconds after the one before; undefined if it would be too late. */
  turn(key: string, spacingSeconds: number, longestSeconds: number): Promise<number | undefined>
}
