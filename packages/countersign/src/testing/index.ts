/**
 * Signed requests for the tests of your own application, in the form that each way of testing takes: a `Request`, the
 * object of `app.inject`, headers for supertest, or a `fetch` to a server that listens. Not for production: it can make
 * requests that must be refused.
 *
 * @example
 * ```ts
 * import { TestClient } from 'countersign/testing'
 *
 * const client = new TestClient({ clientId: 'demo', clientSecret: 'demo-secret' })
 * const ada = client.withToken(await server.issueToken({ clientId: 'demo', userId: 'ada' }))
 * const response = await app.request(ada.request('/api/me'))
 * ```
 *
 * @module
 */
export { type Approve, approvedBy } from './approval.ts'
export type { InjectedRequest, TestClientOptions, TestRequest } from './options.ts'
export { TestClient } from './test-client.ts'
