export { formatAuthorizationHeader, parseAuthorizationHeader } from './protocol/authorization-header.ts'
export { signatureBaseString, splitUrl } from './protocol/base-string.ts'
export { importRsaPublicKey, type RsaPublicKey } from './protocol/crypto.ts'
export { percentDecode, percentEncode, textFromOctets } from './protocol/encoding.ts'
export { ConfigurationError, OAuth1Error, type OAuth1ErrorCode, StoreError } from './protocol/errors.ts'
export type { HttpRequest, HttpResponse } from './protocol/http.ts'
export { defaultLimits, type Limits } from './protocol/limits.ts'
export { normalizeParameters, type Parameter, parseForm } from './protocol/parameters.ts'
export { OAuth1Request, type Transport } from './protocol/request.ts'
export {
  type AsymmetricInput,
  type AsymmetricMethod,
  asymmetric,
  builtInSignatureMethods,
  type SignatureMethod,
  type SymmetricInput,
  type SymmetricMethod,
  sharedKey,
  symmetric,
} from './protocol/signature-methods.ts'
export { nonceKey } from './server/authenticate.ts'
export {
  type Approval,
  type AuthorizationRequest,
  AuthorizationServer,
  type AuthorizationServerOptions,
} from './server/authorization-server.ts'
export { checkCallbackForm } from './server/callback.ts'
export type { Endpoint, EndpointServer } from './server/endpoint.ts'
export type { Awaitable, HookName, HookRegistry, Hooks } from './server/hooks.ts'
export type {
  Client,
  Grant,
  NonceRecord,
  TemporaryCredential,
  TokenCredential,
  User,
  UserId,
} from './server/models.ts'
export {
  type CommonOptions,
  type GeneratedCredential,
  type IssuingOptions,
  optionsFromEnv,
  type ProtectingOptions,
  type StringGenerator,
  type VerifierPage,
} from './server/options.ts'
export {
  type Authentication,
  ResourceProtector,
  type ResourceProtectorOptions,
} from './server/resource-protector.ts'
