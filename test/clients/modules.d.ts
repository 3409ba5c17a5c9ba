declare module 'oauth' {
  type Answer = (error: { statusCode?: number; data?: string } | null, data: string) => void
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
    get(url: string, token: string, secret: string, done: Answer): void
    delete(url: string, token: string, secret: string, done: Answer): void
    post(
      url: string,
      token: string,
      secret: string,
      body: object | string,
      type: string | undefined,
      done: Answer,
    ): void
    put(
      url: string,
      token: string,
      secret: string,
      body: object | string,
      type: string | undefined,
      done: Answer,
    ): void
    signUrl(url: string, token: string, secret: string, method: string): string
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
