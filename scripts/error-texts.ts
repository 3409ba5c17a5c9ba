// The cause and the remedy of each error code, for docs/errors.md.
import type { OAuth1ErrorCode } from 'countersign'
import type { ExchangeErrorCode } from 'countersign/bridge'

export interface Text {
  readonly cause: string
  readonly remedy: string
}

interface TextWithStatus extends Text {
  readonly status: readonly number[]
}

export const oauthCodes: Readonly<Record<OAuth1ErrorCode, Text>> = {
  invalid_request: {
    cause:
      'Part of the request is malformed or can be read in two ways: the `Authorization` header, the URL, the form, the timestamp, the callback or the scope. Or the client did not register the callback, or may not request the scope.',
    remedy:
      'Correct the part that the description names. Register the callback exactly as the client sends it ([security](security.md#what-the-operator-must-do)); request only [scopes](scopes.md) that the client may request.',
  },
  missing_required_parameter: {
    cause:
      'A parameter is missing or empty; the description names it. If it is `oauth_token`, the resource belongs to a user, but the client alone signed the request. If it is `oauth_body_hash`, the policy requires one.',
    remedy:
      'Send the parameter. Sign with a token; or, for a resource of the client itself, guard the route with `requireClient` or set the policy’s [`twoLegged`](reference.md#policy). Send `oauth_callback` with the first request: `oob` if you have no callback.',
  },
  duplicated_oauth_protocol_parameter: {
    cause: 'An `oauth_` parameter occurs twice, or in two of header, query and form.',
    remedy:
      'Put all protocol parameters in one place, each once. A common reason is a client library that signs a URL that is already signed.',
  },
  unsupported_parameter: {
    cause:
      'The request contains something that this server does not accept there: `oauth_version` other than `1.0`, parameters in a place that the policy forbids, other parameters in the `Authorization` header, `oauth_body_hash` with a form, xAuth, or a token at a resource of the client itself.',
    remedy:
      'Leave the parameter out or move it, as the description says. An operator can change `places`, `headerParameters` and `xAuth` in the [policy](policy.md).',
  },
  unsupported_signature_method: {
    cause: 'The client may not use this signature method; the description lists the methods that it may use.',
    remedy:
      'Sign with one of them, or add the method to `supportedSignatureMethods` in the server’s options or in the client’s [policy](policy.md).',
  },
  insecure_transport: {
    cause: 'Secrets would travel over plain HTTP: a token endpoint or PLAINTEXT was called without https.',
    remedy:
      'Call the https address. Behind a proxy that terminates TLS, set the server’s `origin` (`OAUTH1_ORIGIN`) to the public address. On localhost only, set `insecureTransport`, or `OAUTH1_INSECURE_TRANSPORT=true` for a server that reads `optionsFromEnv()`.',
  },
  missing_credentials: {
    cause:
      'The request has no `oauth_` parameters. The description names the scheme that was sent instead, such as `Bearer`.',
    remedy:
      'Sign the request. If it is signed, something on the way removes the `Authorization` header: a proxy, or a client that drops it after a redirect.',
  },
  invalid_client: {
    cause:
      'No client has this `oauth_consumer_key`. Servers say so only with `distinctErrors`; otherwise the code is `invalid_signature`.',
    remedy: 'Compare the key with the registered one. Keys are case-sensitive.',
  },
  invalid_token: {
    cause:
      'The token is expired or idle; or, at the token endpoint, the user has not approved yet, or the verifier is wrong or was tried too often. On the consent page, the temporary credential is unknown, expired or already decided. Any other unknown token gets this code only with `distinctErrors`. An invalid Bearer token gets it too.',
    remedy:
      'Go through the flow again; [renew](token-life.md#renewing-and-revoking) an idle token. If users are often too slow, raise `temporaryCredentialLifetimeSeconds`.',
  },
  invalid_signature: {
    cause:
      'The signature does not match, or is not valid base64; or the client or the token is unknown, which servers do not tell apart: a token that was revoked, and a temporary credential that expired, was used or was denied, are unknown, too. A body that differs from its `oauth_body_hash` gets this code too.',
    remedy:
      'Find the client’s mistake: with the option [`diagnose`](diagnose.md), `countersign explain`, or the table of [known mistakes](troubleshooting.md). Common ones are a wrong secret, and a scheme, host or path other than the one called.',
  },
  invalid_nonce: {
    cause: 'The request was sent before, or its timestamp is too far from the server’s clock.',
    remedy:
      'Sign each request, including each retry, with a new nonce. Set the client’s clock by NTP, and send whole seconds since 1970. `timestampWindowSeconds` accepts clocks that are further off.',
  },
  access_denied: {
    cause:
      'The user denied access; the code is then a parameter of the redirect to the client. With [xAuth](dialects.md#xauth): the user name or password is wrong.',
    remedy: 'Tell the user that nothing was granted, and offer to start again.',
  },
  insufficient_scope: {
    cause: 'The token lacks a scope that the resource requires; the description names it.',
    remedy:
      'Go through the flow again and [request the scope](scopes.md). A client cannot extend a token’s scope.',
  },
  method_not_allowed: {
    cause: 'The endpoint accepts only POST.',
    remedy:
      'Send a POST. For old clients that send GET, set [`getTokenEndpoints`](reference.md#policy). A redirect can turn a POST into a GET: call the final address.',
  },
  request_timeout: {
    cause: 'The body did not arrive within `bodyTimeoutSeconds`.',
    remedy: 'Send the whole body at once. Check for a proxy or network that stalls.',
  },
  retired: {
    cause: 'The client, or its signature method, may no longer use OAuth 1.0 here.',
    remedy:
      'Move to the replacement that the description or the operator names. Operators: [Retiring OAuth 1.0](retiring.md).',
  },
  request_too_large: {
    cause:
      'The header, URL, body, a value or the number of parameters exceeds its [limit](reference.md#limits).',
    remedy: 'Send less, or raise that limit.',
  },
  too_many_requests: {
    cause:
      'The client has too many unused temporary credentials, or a limit on requests or on password attempts was reached.',
    remedy:
      'Wait as long as `Retry-After` says, if it is present. Request a temporary credential only when a user starts a flow.',
  },
  brownout: {
    cause: 'The client, or its signature method, is refused for a while to announce that it will be retired.',
    remedy:
      'Try again later, after `Retry-After` if it is present, and [move](leaving-oauth1.md) before the announced date.',
  },
}

export const exchangeCodes: Readonly<Record<ExchangeErrorCode, Text>> = {
  invalid_request: {
    cause:
      'A parameter is missing, repeated, too long or not supported; the client is named in two ways; or the request came over plain HTTP.',
    remedy: 'Correct the parameter that the description names ([the request](bridge.md)). Use https.',
  },
  invalid_client: {
    cause: 'The OAuth 2 client is unknown, or did not prove who it is.',
    remedy: 'Check its identifier and secret, and that it sends them in one way only.',
  },
  invalid_grant: {
    cause:
      'The OAuth 1.0 token and its secret were not accepted: unknown, revoked, expired, of another client, of a client that is not paired, or without a user. The response does not say which.',
    remedy:
      'Read the `refusal` of the event `exchange_refused`. Check that the two clients are [paired](bridge.md#pair-the-clients).',
  },
  unauthorized_client: {
    cause: 'Tokens of this OAuth 2 client are bound to a key or certificate; exchanged tokens are not.',
    remedy: 'Exchange with a client whose tokens are not bound.',
  },
  unsupported_grant_type: {
    cause: 'The `grant_type` is not the one from RFC 8693.',
    remedy: 'Send `grant_type=urn:ietf:params:oauth:grant-type:token-exchange`.',
  },
  invalid_scope: {
    cause:
      'The client requested more than the OAuth 1.0 token’s scopes, or the token has no scope that can be exchanged.',
    remedy: 'Request at most the scopes that the description lists, or none. Check the hook `scopesFor`.',
  },
  invalid_target: {
    cause: 'The request has `resource` or `audience`, which the exchange does not support.',
    remedy: 'Leave the parameter out.',
  },
  method_not_allowed: {
    cause: 'The endpoint accepts only POST.',
    remedy: 'Send a POST to the final address.',
  },
  rate_limited: {
    cause: 'The OAuth 2 client exchanged too many tokens within a minute.',
    remedy: 'Wait as long as `Retry-After` says, or raise `attemptsPerMinute`.',
  },
  temporarily_unavailable: {
    cause: 'Another exchange of the same token was in progress.',
    remedy: 'Try again.',
  },
}

/** What the provider sends besides the codes of its servers. */
export const providerCodes: Readonly<Record<string, TextWithStatus>> = {
  form_of_a_page: {
    status: [403],
    cause: 'A program posted to a page that accepts only its own forms.',
    remedy:
      'Send the user’s browser to `/oauth/authorize`; use `/oauth/initiate` and `/oauth/token` from the client.',
  },
  method_not_allowed: {
    status: [405],
    cause: 'The address is a page, or is read-only.',
    remedy: 'Use a method that `Allow` names, at the address that the description names.',
  },
  no_user: {
    status: [404],
    cause:
      'The client signed without a token, which `OAUTH1_TWO_LEGGED` allows; or the account was deleted while a process still remembered the token.',
    remedy: 'Sign with a user’s token.',
  },
  not_found: {
    status: [404],
    cause: 'There is nothing at this address.',
    remedy:
      'Use the address that the description names. The signature covers the address, so nothing redirects.',
  },
  server_error: {
    status: [500],
    cause: 'The provider failed.',
    remedy: 'Operators: find the error in the log, by the `x-request-id` of the response.',
  },
  temporarily_unavailable: {
    status: [503],
    cause:
      'The database or Redis is unavailable or too slow; or the process is overloaded; or the client has 5,000 pending temporary credentials.',
    remedy: 'Try again after `Retry-After`. Operators: `/readyz` and the log say which.',
  },
  too_many_requests: {
    status: [429],
    cause: 'The address or the client reached a limit on requests.',
    remedy:
      'Wait as long as `Retry-After` says. Operators: `RATE_LIMIT_OAUTH_PER_ADDRESS` and `RATE_LIMIT_OAUTH_PER_CLIENT`.',
  },
  unknown_host: {
    status: [421],
    cause: 'The request names a host that the provider does not know.',
    remedy: 'Set `PUBLIC_URL` to the public address, or `ALLOWED_HOSTS` to further names.',
  },
}

/** What the gateway sends besides the codes of its protector. */
export const gatewayCodes: Readonly<Record<string, TextWithStatus>> = {
  bad_gateway: {
    status: [502],
    cause: 'The API cannot be reached, or its response cannot be read.',
    remedy: 'Try again. Operators: the log has the reason; check `GATEWAY_UPSTREAM`.',
  },
  bad_request: {
    status: [400],
    cause:
      'The request is malformed, or the gateway and the API could read it differently: repeated headers, an ambiguous path, a header that would name the caller.',
    remedy: 'Correct the part that the description names.',
  },
  body_not_checked: {
    status: [403],
    cause: 'The signature covers the body, and the proxy does not send bodies for the check.',
    remedy:
      'Operators: let the gateway [forward the requests itself](gateway.md), or configure the proxy to pass on bodies and set `GATEWAY_VERIFY_BODIES`.',
  },
  expectation_failed: {
    status: [417],
    cause: 'The header `Expect` names something other than `100-continue`.',
    remedy: 'Leave the header out.',
  },
  gateway_timeout: {
    status: [504],
    cause: 'The API did not respond in time.',
    remedy:
      'Try again. Operators: raise `GATEWAY_RESPONSE_TIMEOUT_SECONDS`, or find out why the API is slow.',
  },
  method_not_allowed: {
    status: [405],
    cause: 'The method is CONNECT, TRACE or TRACK.',
    remedy: 'Use another method.',
  },
  request_timeout: {
    status: [408],
    cause: 'The head of the request did not arrive in time.',
    remedy: 'Send the headers at once.',
  },
  request_too_large: {
    status: [413, 431],
    cause: 'The headers are too large (431), or the body is larger than the proxy sends for the check (413).',
    remedy: 'Send less, or raise the proxy’s limit.',
  },
  server_error: {
    status: [500],
    cause: 'The gateway failed.',
    remedy: 'Operators: find the error in the log, by the `x-request-id` of the response.',
  },
  temporarily_unavailable: {
    status: [503],
    cause:
      'The database, or the OAuth 2 server for a Bearer token, is unavailable; or too many requests are waiting for the API; or the gateway is stopping and opens no WebSocket.',
    remedy: 'Try again after `Retry-After`. Operators: the log says which.',
  },
  unsupported_media_type: {
    status: [415],
    cause: '`Content-Type` can be read as a form and as something else.',
    remedy: 'Write exactly `application/x-www-form-urlencoded`.',
  },
  untrusted_proxy: {
    status: [403],
    cause: 'A proxy that is not in `TRUSTED_PROXIES` asked whether a request may pass.',
    remedy: 'Operators: add the proxy’s address to `TRUSTED_PROXIES`.',
  },
}
