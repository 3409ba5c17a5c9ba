declare module 'passport-oauth1' {
  type Done = (error: unknown, value?: unknown) => void

  interface StrategyOptions {
    readonly requestTokenURL: string
    readonly accessTokenURL: string
    readonly userAuthorizationURL: string
    readonly consumerKey: string
    readonly consumerSecret: string
    readonly callbackURL: string
  }

  // biome-ignore lint/style/noDefaultExport: as the package has it
  export default class OAuth1Strategy {
    constructor(
      options: StrategyOptions,
      verify: (token: string, tokenSecret: string, profile: unknown, done: Done) => void,
    )
    authenticate(req: object, options: object): void
    userProfile: (token: string, tokenSecret: string, params: unknown, done: Done) => void
    readonly _oauth: { get(url: string, token: string, secret: string, done: Done): void }
  }
}
