import type { OAuth1ErrorCode } from '../errors.ts'
import type { Diagnosis } from '../protocol/diagnosis.ts'
import type { Place } from '../protocol/parsed-values.ts'
import type { HookName } from './hooks.ts'
import type { UserId } from './models.ts'
import type { ExchangeHookName } from './token-grants.ts'

/** Which endpoint an event is of; `resource` is any protected resource. */
export type EndpointName = 'initiate' | 'authorize' | 'token' | 'revoke' | 'renew' | 'resource'

/**
 * What happens in a server, for logs, metrics and audit. No event holds a secret, a token, a verifier, a signature or,
 * unless `diagnoser` was asked for them, a base string.
 */
export type OAuth1Event =
  /** A protected request was let through. */
  | {
      readonly type: 'accepted'
      readonly endpoint: 'resource'
      readonly clientId: string
      readonly userId?: UserId | null | undefined
      readonly scope?: string | null | undefined
      readonly signatureMethod: string
      readonly place: Place
      /**
       * Which of the client's keys signed, where it was not the first: 1 is the first of `otherClientSecrets`, or the second
       * of `rsaPublicKey`. A client that is still let in so has not changed yet.
       */
      readonly keyIndex?: number | undefined
    }
  /** A request was refused. The client is named only if it proved that it holds its secret. */
  | {
      readonly type: 'refused'
      readonly endpoint: EndpointName
      readonly code: OAuth1ErrorCode
      /** The sentence that the client was told. */
      readonly description: string
      readonly clientId?: string | undefined
      /** The client that the request names and did not prove to be: anyone may name it. */
      readonly claimedClientId?: string | undefined
      readonly signatureMethod?: string | undefined
      readonly place?: Place | undefined
      /** Why, where the server has the option `diagnose`. Such an event comes just after the answer. */
      readonly diagnosis?: Diagnosis | undefined
    }
  /** Credentials were issued: temporary ones, or a token. */
  | {
      readonly type: 'issued'
      readonly credential: 'temporary' | 'token'
      readonly clientId: string
      readonly userId?: UserId | null | undefined
      readonly scope?: string | null | undefined
    }
  /** A resource owner approved or denied. */
  | {
      readonly type: 'approved'
      readonly clientId: string
      readonly userId: UserId
      readonly scope?: string | null | undefined
    }
  | { readonly type: 'denied'; readonly clientId: string }
  /** A token was revoked. */
  | {
      readonly type: 'revoked'
      readonly clientId: string
      readonly userId?: UserId | null | undefined
    }
  /** An OAuth 1.0 token was exchanged for OAuth 2 tokens (`countersign/bridge`). */
  | {
      readonly type: 'exchanged'
      /** Which request asked for it: a token request of OAuth 2, or one signed with the token. */
      readonly shape: 'token_request' | 'signed_request'
      readonly clientId: string
      readonly oauth2ClientId: string
      readonly userId: UserId
      /** The OAuth 2 scopes, separated by spaces. */
      readonly scope: string
    }
  /** An exchange was refused (`countersign/bridge`). A client that failed to sign is reported as `refused`. */
  | {
      readonly type: 'exchange_refused'
      readonly shape: 'token_request' | 'signed_request'
      /** The `error` that the client was told. */
      readonly code: string
      /** The sentence that the client was told. */
      readonly description: string
      /** What was wrong with the grant, which the client is not told: `wrong_secret`, say. */
      readonly refusal?: string | undefined
      readonly oauth2ClientId?: string | undefined
      /** The OAuth 1.0 client, where its token is known. */
      readonly clientId?: string | undefined
    }
  /** A hook failed or was late: the request got a 503. The `findToken` of a `diagnoser` fails after the answer. */
  | {
      readonly type: 'store_failed'
      readonly hook: HookName | ExchangeHookName | 'findToken'
      readonly error: Error
    }
  /**
   * The stored data of one client cannot be used: a key that cannot be read, a secret that does not open, a field of
   * another kind. The client is refused like an unknown one, so that no stranger learns that it exists.
   */
  | FaultEvent

/** A fault in the stored data of one client. */
export interface FaultEvent {
  readonly type: 'fault'
  readonly clientId: string
  readonly error: Error
}

/** The `on` option: is told of each event at once, and changes no response, whatever it does. */
export type EventListener = (event: OAuth1Event) => unknown

/** Tells the listener. What it throws, or a promise of its that rejects, is its own affair. */
export function emit(listener: EventListener | undefined, event: OAuth1Event): void {
  if (listener === undefined) {
    if (event.type === 'fault') warnOnce(event)
    return
  }
  try {
    const result = listener(event)
    if (result !== undefined) Promise.resolve(result).catch(ignore)
  } catch {
    // A broken log must not turn a right request away, nor let a wrong one in.
  }
}

/** Tells the operator that the stored data of one client cannot be used. */
export function reportFault(listener: EventListener | undefined, clientId: string, error: Error): void {
  emit(listener, { type: 'fault', clientId, error })
}

function ignore(): void {}

const warned = new Set<string>()
const mostWarnings = 1_000

function warnOnce({ clientId, error }: FaultEvent): void {
  const text = `The stored data of client ${JSON.stringify(clientId)} cannot be used: ${error.message}`
  if (warned.has(text) || warned.size >= mostWarnings) return
  warned.add(text)
  // Workers have no such thing.
  globalThis.process?.emitWarning?.(text, { type: 'CountersignWarning' })
}
