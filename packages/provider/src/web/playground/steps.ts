import type { ProviderClient } from '../../database/schema.ts'
import { type Draft, type ProtocolField, renewed } from './draft.ts'

/** The flow (§2, §3.1), step by step. Approval is not a request of the client. */
export const steps = ['initiate', 'approve', 'token', 'request'] as const

export type Step = (typeof steps)[number]
export type RequestStep = Exclude<Step, 'approve'>

/** The known values at the start of a step. */
export interface Known {
  readonly client: ProviderClient
  readonly origin: string
  readonly signatureMethod: string
  readonly oauthToken?: string | undefined
  readonly verifier?: string | undefined
  readonly target?: 'me' | 'echo' | undefined
}

/** The protocol parameters of each step for which its form has fields. */
export const protocolNames: Readonly<Record<RequestStep, readonly string[]>> = {
  initiate: [...common(), 'oauth_callback'],
  token: [...common(), 'oauth_token', 'oauth_verifier'],
  request: [...common(), 'oauth_token'],
}

function common(): string[] {
  return ['oauth_consumer_key', 'oauth_signature_method', 'oauth_timestamp', 'oauth_nonce', 'oauth_version']
}

/** The correct request of a step. */
export function firstDraft(step: RequestStep, known: Known): Draft {
  const { client, origin, signatureMethod, oauthToken = '', verifier = '', target = 'me' } = known
  const own = playgroundCallback(origin)
  const values: Readonly<Record<string, string>> = {
    oauth_consumer_key: client.clientId,
    oauth_signature_method: signatureMethod,
    oauth_version: '1.0',
    oauth_callback: client.callbacks?.includes(own) ? own : 'oob',
    oauth_token: oauthToken,
    oauth_verifier: verifier,
  }
  const isEcho = step === 'request' && target === 'echo'
  const path = step === 'request' ? `/api/${target}` : `/oauth/${step}`
  return renewed({
    verb: step === 'request' && !isEcho ? 'GET' : 'POST',
    url: `${origin}${path}`,
    place: 'header',
    parametersIn: isEcho ? 'body' : 'query',
    protocol: protocolNames[step].map(
      (name): ProtocolField => ({ name, value: values[name] ?? '', isLeftOut: false, isMade: true }),
    ),
    parameters: isEcho ? echoed : [],
    signWith: undefined,
    keyShape: 'both',
    baseString: undefined,
    signature: undefined,
  })
}

/**
 * Values that clients often encode wrongly: a space, characters that `encodeURIComponent` leaves alone, one beyond
 * ASCII, a repeated name.
 */
const echoed = [
  { name: 'title', value: 'Hello World!' },
  { name: 'city', value: 'Zürich' },
  { name: 'tag', value: 'b' },
  { name: 'tag', value: 'a' },
]

/** The callback from the consent page to the playground; the client must have registered it. */
export function playgroundCallback(origin: string): string {
  return `${origin}/playground/callback`
}
