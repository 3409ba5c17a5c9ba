import type { OAuth1ErrorCode } from '../errors.ts'
import type { Diagnosis } from '../protocol/diagnosis.ts'
import type { Place } from '../protocol/parsed-values.ts'
import type { HookName } from './hooks.ts'
import type { UserId } from './models.ts'
import type { ExchangeHookName } from './token-grants.ts'

/** The endpoint of an event; `resource` is any protected resource. */
export type EndpointName = 'initiate' | 'authorize' | 'token' | 'revoke' | 'renew' | 'resource'

/**
 * What happens in a server, for logs, metrics and audit. No event contains a secret, a token, a verifier, a signature
 * or, unless `diagnoser` was asked for them, a base string.
 */
export type OAuth1Event =
  /** A protected request was accepted. */
  | {
      readonly type: 'accepted'
      readonly endpoint: 'resource'
      readonly clientId: string
      readonly userId?: UserId | null | undefined
      readonly scope?: string | null | undefined
      readonly signatureMethod: string
      readonly place: Place
      /**
       * Index of the client's key that signed, if it was not the first: 1 is the first of `otherClientSecrets`, or the
       * second of `rsaPublicKey`. Such a client has not changed to its new key yet.
       */
      readonly keyIndex?: number | undefined
    }
  /** A request was refused. The client is named only if it proved that it holds its secret. */
  | {
      readonly type: 'refused'
      readonly endpoint: EndpointName
      readonly code: OAuth1ErrorCode
      /** The description in the response to the client. */
      readonly description: string
      readonly clientId?: string | undefined
      /** The client that the request names without proof: anyone may name it. */
      readonly claimedClientId?: string | undefined
      readonly signatureMethod?: string | undefined
      readonly place?: Place | undefined
      /** The cause, if the server has the option `diagnose`. Such an event comes just after the response. */
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
      /** The kind of request: a token request of OAuth 2, or one signed with the token. */
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
      /** The `error` in the response to the client. */
      readonly code: string
      /** The description in the response to the client. */
      readonly description: string
      /** What was wrong with the grant, such as `wrong_secret`, which the client does not learn. */
      readonly refusal?: string | undefined
      readonly oauth2ClientId?: string | undefined
      /** The OAuth 1.0 client, if its token is known. */
      readonly clientId?: string | undefined
    }
  /** A hook failed or was late: the request got a 503. The `findToken` of a `diagnoser` fails after the response. */
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

/** The `on` option: receives each event at once. Whatever it does, it changes no response. */
export type EventListener = (event: OAuth1Event) => unknown

/** Calls the listener, and ignores anything that it throws, or a promise that rejects. */
export function emit(listener: EventListener | undefined, event: OAuth1Event): void {
  if (listener === undefined) {
    if (event.type === 'fault') warnOnce(event)
    return
  }
  try {
    const result = listener(event)
    if (result !== undefined) Promise.resolve(result).catch(ignore)
  } catch {
    // A broken log must neither refuse a valid request nor accept an invalid one.
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
