declare module 'oauth' {
  type Credentials = (error: unknown, token: string, secret: string) => void
  type Body = (error: unknown, body: unknown) => void

  class OAuth {
    constructor(
      requestUrl: string,
      accessUrl: string,
      clientId: string,
      clientSecret: string,
      version: string,
      callback: string | null,
      signatureMethod: string,
    )
    getOAuthRequestToken(done: Credentials): void
    getOAuthAccessToken(token: string, secret: string, verifier: string, done: Credentials): void
    get(url: string, token: string, secret: string, done: Body): void
    post(
      url: string,
      token: string,
      secret: string,
      body: Record<string, string> | string,
      type: string | undefined,
      done: Body,
    ): void
  }

  const oauth: { OAuth: typeof OAuth }
  // biome-ignore lint/style/noDefaultExport: as the package has it
  export default oauth
}
