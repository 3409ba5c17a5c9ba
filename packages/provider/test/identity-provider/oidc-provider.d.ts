/** The subset of oidc-provider that the tests use; it brings no types. */
declare module 'oidc-provider' {
  import type { RequestListener } from 'node:http'

  // biome-ignore lint/style/noDefaultExport: it has no other
  export default class Provider {
    constructor(issuer: string, configuration: object)
    callback(): RequestListener
  }
}
