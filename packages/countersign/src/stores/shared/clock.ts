/** The clock of the stores, in seconds since 1970, where no other is given. */
export function systemClock(): number {
  return Date.now() / 1000
}
