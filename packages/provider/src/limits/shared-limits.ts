/** How often something happened within the window that is open now. */
export interface Counted {
  readonly count: number
  /** Until the window closes, rounded up. */
  readonly secondsLeft: number
}

/** How a place among the tries of a key was asked for. */
export interface TryRequest {
  readonly limit: number
  /** Names the place. */
  readonly id: string
  /** After this time it is free again, whatever happened to the process that took it. */
  readonly holdSeconds: number
}

/** Counts that several processes keep together. Each step is atomic, and rejects while they cannot be reached. */
export interface SharedLimits {
  /** Counts one more; the first opens a window. */
  add(key: string, windowSeconds: number): Promise<Counted>
  read(key: string): Promise<Counted>
  /** Takes a place. Returns `busy` while others that may fail hold all of them, or the seconds until a failure is forgotten. */
  enter(key: string, request: TryRequest): Promise<'entered' | 'busy' | number>
  /** Gives the place back; a wrong try counts for this long, and a right one clears earlier ones. */
  leave(key: string, id: string, isRight: boolean | undefined, windowSeconds: number): Promise<void>
  /** Seconds until the next turn, each some seconds after the one before; undefined where it would be too late. */
  turn(key: string, spacingSeconds: number, longestSeconds: number): Promise<number | undefined>
}
