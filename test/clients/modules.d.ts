declare module 'oauth' {
  type Done = (error: { statusCode?: number; data?: string } | null, data: string) => void
  type Credential = (error: unknown, token: string, secret: string) => void

  export class OAuth {
    constructor(
      requestUrl: string,
      accessUrl: string,
      key: string,
      secret: string,
      version: string,
      callback: string,
      signatureMethod: string,
    )
    getOAuthRequestToken(done: Credential): void
    getOAuthAccessToken(token: string, secret: string, verifier: string, done: Credential): void
    get(url: string, token: string, secret: string, done: Done): void
    delete(url: string, token: string, secret: string, done: Done): void
    post(
      url: string,
      token: string,
      secret: string,
      body: object | string,
      type: string | undefined,
      done: Done,
    ): void
    put(
      url: string,
      token: string,
      secret: string,
      body: object | string,
      type: string | undefined,
      done: Done,
    ): void
    signUrl(url: string, token: string, secret: string, method: string): string
    authHeader(url: string, token: string, secret: string, method: string): string
  }
}

declare module 'passport-oauth1' {
  export interface Outcome {
    redirect(url: string): void
    success(user: unknown): void
    fail(why: unknown): void
    error(error: unknown): void
  }

  export class Strategy {
    constructor(
      options: Readonly<Record<string, string>>,
      verify: (
        token: string,
        secret: string,
        profile: object,
        done: (error: unknown, user: unknown) => void,
      ) => void,
    )
    authenticate(req: object, options?: object): void
  }
}

declare module 'request-compose' {
  type Send = (options: Readonly<Record<string, unknown>>) => Promise<unknown>

  const compose: { extend(parts: { Request: Readonly<Record<string, unknown>> }): { client: Send } }
  export = compose
}

declare module 'request-oauth' {
  interface Options {
    readonly headers: Record<string, string>
    readonly [name: string]: unknown
  }

  /** Makes a middleware of request-compose. */
  function oauth(
    parameters: Readonly<Record<string, string>>,
  ): (request: { options: Options }) => { options: Options }
  export = oauth
}

declare module 'node-oauth-1.0a-ts' {
  interface Unsigned {
    readonly method: string
    readonly url: string
    readonly data?: object | undefined
  }

  class OAuth {
    constructor(options: { consumer: { public: string; secret: string } })
    getHeader(request: Unsigned, token: { public: string; secret: string }): string
  }
  export = OAuth
}

declare module 'twitter-v1-oauth' {
  type Values = Readonly<Record<string, string | string[]>>

  function sign(
    request: { method: string; url: string; params?: Values; data?: Values },
    keys: { api_key: string; api_secret_key: string; access_token: string; access_token_secret: string },
  ): string
  export = sign
}
