/**
 * A client of OAuth 1.0 (RFC 5849): signs requests for the header, the query or the body; sends them as `fetch` does;
 * and goes through the three steps of the flow. It has no dependencies and runs wherever `node:crypto` and `fetch`
 * exist.
 *
 * @example
 * ```ts
 * import { OAuth1Client } from 'countersign/client'
 *
 * const client = new OAuth1Client({ clientId: 'printer', clientSecret: 'secret', token })
 * const response = await client.fetch('https://api.example.com/photos?size=large')
 * ```
 *
 * @module
 */
export type { RsaPrivateKey } from '../crypto/rsa-sign.ts'
export type { Place } from '../protocol/parsed-values.ts'
export type { SymmetricInput } from '../protocol/signature-methods.ts'
export { OAuth1Client } from './client.ts'
export { OAuth1ClientError, type OAuth1ClientErrorCode, type ServerResponse } from './client-error.ts'
export type { FlowRequest, IssuedCredential } from './flow.ts'
export type { ClientOptions, Credential, FlowEndpoints } from './options.ts'
export type { SignedFetchInit } from './outgoing.ts'
export type { SignatureMethodName, Signer } from './signer.ts'
export type { SignedRequest, UnsignedRequest } from './signing.ts'
