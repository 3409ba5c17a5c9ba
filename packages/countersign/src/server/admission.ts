import type { Place } from '../protocol/parsed-values.ts'
import type { Claim, Proof } from './authenticate.ts'
import type { EndpointName } from './events.ts'
import type { Client } from './models.ts'

/** A request whose signature is valid. */
export interface ProvenRequest {
  readonly endpoint: EndpointName
  readonly clientId: string
  readonly signatureMethod: string
  readonly place: Place
}

/**
 * The `admit` option: called for each request with a valid signature, before anything is done for it. It refuses the
 * request by throwing an `OAuth1Error`.
 */
export type Admit = (request: ProvenRequest) => void

/** @throws Whatever the option throws. */
export function admitProven(
  admit: Admit,
  { endpoint, methodName, request }: Claim,
  { client }: Proof<Client, unknown>,
): void {
  const place = request.place as Place
  admit({ endpoint, clientId: client.clientId, signatureMethod: methodName, place })
}
