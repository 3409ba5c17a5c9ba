/** The default clock of the stores, in seconds since 1970. */
export function systemClock(): number {
  return Date.now() / 1000
}
