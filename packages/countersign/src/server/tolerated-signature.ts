import { type Departure, departures, type Tolerance } from '../protocol/departures.ts'
import type { Claim } from './authenticate.ts'
import type { Found } from './lookup.ts'
import type { Client } from './models.ts'
import type { ResolvedOptions } from './options.ts'
import type { Policy } from './policy.ts'
import { type Secretive, signatureHolds } from './signature-check.ts'

/**
 * Whether a signature that is invalid by the RFC is valid for a client that departs from it in one or two of the ways
 * that its policy tolerates. If so, the claim carries the request as that client means it.
 *
 * Everything that any policy of this server tolerates is tried for every sender, so that the time does not tell a
 * stranger whose policy it was. A list in a client's own policy is tried for that client alone.
 */
export async function tolerated<C extends Client, K extends Secretive>(
  claim: Claim,
  found: Found<C, K>,
  { tolerances }: Policy,
  { toleranceLists, mostKeys }: Pick<ResolvedOptions, 'toleranceLists' | 'mostKeys'>,
): Promise<boolean> {
  if (claim.method.kind === 'symmetric' && claim.method.plaintext) return false
  const { request } = claim
  const written = request.departedBaseStrings
  const lists = [...toleranceLists, tolerances]
  const changing = departures.filter(
    (departure) =>
      lists.some((list) => list.includes(departure)) && written.with([departure]) !== request.baseString,
  )
  for (const way of waysToDepart(lists, changing)) {
    // The check before this one has reported any fault in the stored data.
    const held = await signatureHolds(claim, found, { on: ignore, mostKeys }, written.with(way))
    if (!held || !way.every((departure) => tolerances.includes(departure))) continue
    claim.request = request.departing(way)
    return true
  }
  return false
}

function ignore(): void {}

/** Each way once, however many lists contain it: departures one at a time and two at a time, which bounds the work. */
function waysToDepart(
  lists: readonly (readonly Tolerance[])[],
  changing: readonly Departure[],
): Iterable<readonly Departure[]> {
  const ways = new Map<string, readonly Departure[]>()
  for (const list of lists) {
    const single = changing.filter((departure) => list.includes(departure))
    const pairs = single.flatMap((first, index) => single.slice(index + 1).map((second) => [first, second]))
    for (const way of [...single.map((departure) => [departure]), ...pairs]) ways.set(way.join(), way)
  }
  return ways.values()
}
