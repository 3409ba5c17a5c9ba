import type { Brownout, RetirementRule } from './retirement-plan.ts'

/** From its first second up to, but not including, its end, in seconds since 1970. */
export interface Window {
  readonly from: number
  readonly to: number
}

/** The window of a brownout at this moment; undefined between windows. */
function windowAt({ from, seconds, everySeconds }: Brownout, now: number): Window | undefined {
  if (now < from) return undefined
  const begin = everySeconds === undefined ? from : now - ((now - from) % everySeconds)
  return now < begin + seconds ? { from: begin, to: begin + seconds } : undefined
}

/** Repeating windows without gaps would be followed to the end on every request. */
const mostJoined = 100

/**
 * When no brownout refuses requests any more: windows that overlap or touch count as one. With very many windows, it is
 * the end of some: a client that comes back then gets the next time.
 */
export function endOfBrownouts(rules: readonly RetirementRule[], now: number): number | undefined {
  let end: number | undefined
  for (let [at, count] = [now, 0]; count < mostJoined; count++) {
    const windows = rules.flatMap(({ brownouts }) => brownouts.flatMap((one) => windowAt(one, at) ?? []))
    if (windows.length === 0) return end
    at = Math.max(...windows.map(({ to }) => to))
    end = at
    // After the end of a rule, refusals are permanent.
    if (rules.some(({ endsAt }) => at >= endsAt)) return end
  }
  return end
}

/** The current and future windows of a rule, in order. @param most - How many. */
export function nextWindows({ brownouts, endsAt }: RetirementRule, now: number, most: number): Window[] {
  const windows = brownouts.flatMap((brownout) => upcoming(brownout, now, endsAt, most))
  return windows.sort((left, right) => left.from - right.from).slice(0, most)
}

function upcoming(brownout: Brownout, now: number, endsAt: number, most: number): Window[] {
  const { from, seconds, everySeconds } = brownout
  const passed = everySeconds === undefined || now < from ? 0 : Math.floor((now - from) / everySeconds)
  const found: Window[] = []
  for (let count = passed; found.length < most; count++) {
    const begin = from + count * (everySeconds ?? 0)
    if (begin >= endsAt) break
    if (begin + seconds > now) found.push({ from: begin, to: Math.min(begin + seconds, endsAt) })
    if (everySeconds === undefined) break
  }
  return found
}
