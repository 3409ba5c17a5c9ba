import type { Brownout, RetirementRule } from './retirement-plan.ts'

/** From its first second to the one after its last, in seconds since 1970. */
export interface Window {
  readonly from: number
  readonly to: number
}

/** The window of a brownout that holds this moment; undefined between windows. */
function windowAt({ from, seconds, everySeconds }: Brownout, now: number): Window | undefined {
  if (now < from) return undefined
  const begin = everySeconds === undefined ? from : now - ((now - from) % everySeconds)
  return now < begin + seconds ? { from: begin, to: begin + seconds } : undefined
}

/** Windows that come again and leave no gap would be followed to the end, on every request. */
const mostJoined = 100

/**
 * When no rule refuses any more because of a brownout: windows that overlap or touch are one. Of very many it is the end of
 * some of them: a client that comes back then is told the next one.
 */
export function endOfBrownouts(rules: readonly RetirementRule[], now: number): number | undefined {
  let end: number | undefined
  for (let [at, count] = [now, 0]; count < mostJoined; count++) {
    const windows = rules.flatMap(({ brownouts }) => brownouts.flatMap((one) => windowAt(one, at) ?? []))
    if (windows.length === 0) return end
    at = Math.max(...windows.map(({ to }) => to))
    end = at
    // From the end on it is refused permanently.
    if (rules.some(({ endsAt }) => at >= endsAt)) return end
  }
  return end
}

/** The windows of a rule that are under way or to come, in their order. @param most - How many. */
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
