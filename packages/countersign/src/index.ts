/**
 * An OAuth 1.0 (RFC 5849) provider: `AuthorizationServer` issues credentials, `ResourceProtector` checks signed requests.
 * Stores and frameworks have entries of their own, such as `countersign/kysely` and `countersign/express`; the RFC's
 * primitives are in `countersign/protocol`.
 *
 * @example
 * ```ts
 * import { AuthorizationServer, ResourceProtector } from 'countersign'
 * import { endpoint, requireOAuth } from 'countersign/express'
 * import { memoryHooks } from 'countersign/memory'
 *
 * const hooks = memoryHooks({ clients: [{ clientId: 'demo', clientSecret: 's3cret', callbacks: [] }] })
 * const server = new AuthorizationServer({ hooks })
 * const protector = new ResourceProtector({ hooks })
 *
 * app.all('/oauth/initiate', endpoint(server.initiate))
 * app.all('/oauth/token', endpoint(server.token))
 * app.get('/photos', requireOAuth(protector), listPhotos)
 * ```
 *
 * @module
 */
export { importRsaPublicKey, type RsaPublicKey } from './crypto/rsa.ts'
export { type RsaPublicKeys, splitRsaPublicKeys } from './crypto/rsa-bundle.ts'
export {
  ConfigurationError,
  CountersignError,
  OAuth1Error,
  type OAuth1ErrorCode,
  type OAuth1ErrorDetails,
  type Problem,
  RecordError,
  StoreError,
  UndecidableError,
} from './errors.ts'
export type { Tolerance } from './protocol/departures.ts'
export type { BodyHashCheck, HttpRequest, HttpResponse } from './protocol/http.ts'
export { defaultLimits, type Limits } from './protocol/limits.ts'
export type { OAuth1Request, Place } from './protocol/request.ts'
export { sharedKey } from './protocol/shared-key.ts'
export {
  type AsymmetricInput,
  type AsymmetricMethod,
  asymmetric,
  builtInSignatureMethods,
  type SignatureMethod,
  type SignatureMethodOptions,
  type SymmetricInput,
  type SymmetricMethod,
  symmetric,
} from './protocol/signature-methods.ts'
export type { Admit, ProvenRequest } from './server/admission.ts'
export { AuthorizationServer, type AuthorizationServerOptions } from './server/authorization-server.ts'
export { type CallbackRules, checkCallbackForm } from './server/callback.ts'
export type { Approval, AuthorizationRequest, Decision } from './server/decision.ts'
export type { Endpoint, EndpointServer } from './server/endpoint.ts'
export type { EndpointName, EventListener, FaultEvent, OAuth1Event } from './server/events.ts'
export {
  type Awaitable,
  type Combined,
  type HookName,
  type HookRegistry,
  type Hooks,
  standingFor,
  type TokenFilter,
} from './server/hooks.ts'
export type {
  Client,
  Grant,
  NonceRecord,
  TemporaryCredential,
  TokenCredential,
  TokenUse,
  User,
  UserId,
} from './server/models.ts'
export { nonceKey } from './server/nonce.ts'
export type {
  CommonOptions,
  GeneratedCredential,
  IssuingOptions,
  PasswordCredentials,
  StringGenerator,
  TokenSubject,
  VerifierPage,
} from './server/options.ts'
export { environmentDefaults, optionsFromEnv } from './server/options-from-env.ts'
export type { ClientPolicy, Policy, Profiles } from './server/policy.ts'
export { registerHooks } from './server/register-hooks.ts'
export {
  type Authentication,
  ResourceProtector,
  type ResourceProtectorOptions,
} from './server/resource-protector.ts'
export { isVerifierOf } from './server/verifier.ts'
export {
  type ClientKeys,
  type Secrets,
  type VerifyOptions,
  verifySignature,
} from './server/verify-signature.ts'
export type { WithoutSecrets } from './server/without-secrets.ts'
