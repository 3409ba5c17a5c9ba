import type { Departure, Tolerance } from '../protocol/departures.ts'
import type { Claim } from './authenticate.ts'
import type { Found } from './lookup.ts'
import type { Client } from './models.ts'
import type { ResolvedOptions } from './options.ts'
import type { Policy } from './policy.ts'
import { type Secretive, signatureHolds } from './signature-check.ts'

/**
 * Whether a signature that does not hold by the RFC holds for a client that departs from it in one or two of the ways that
 * its policy tolerates. Where it does, the claim carries the request as that client means it.
 *
 * All that any policy of this server tolerates is tried, whoever asks: the time tells no stranger whose policy it was. A
 * list that stands in a client's own policy alone is tried for that client alone.
 */
export async function tolerated<C extends Client, K extends Secretive>(
  claim: Claim,
  found: Found<C, K>,
  { tolerances }: Policy,
  { toleranceLists }: Pick<ResolvedOptions, 'toleranceLists'>,
): Promise<boolean> {
  if (claim.method.kind === 'symmetric' && claim.method.plaintext) return false
  const { request } = claim
  const tried = new Map([[request.baseString, false]])
  for (const departures of [...toleranceLists, tolerances].flatMap(waysToDepart)) {
    const departing = request.departing(departures)
    let held = tried.get(departing.baseString)
    // What is at fault in the stored data was reported by the check that came before.
    held ??= await signatureHolds({ ...claim, request: departing }, found, ignore)
    tried.set(departing.baseString, held)
    if (!held || !departures.every((departure) => tolerances.includes(departure))) continue
    claim.request = departing
    return true
  }
  return false
}

function ignore(): void {}

/** The departures of a list, one at a time and two at a time: their number bounds the work. */
function waysToDepart(list: readonly Tolerance[]): (readonly Departure[])[] {
  const single = list.filter(changesBaseString)
  const pairs = single.flatMap((first, index) => single.slice(index + 1).map((second) => [first, second]))
  return [...single.map((departure) => [departure]), ...pairs]
}

function changesBaseString(tolerance: Tolerance): tolerance is Departure {
  return tolerance !== 'split-parameters' && tolerance !== 'sha1-body-hash'
}
