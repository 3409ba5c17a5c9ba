declare module 'passport-http-oauth' {
  const strategies: { TokenStrategy: new (...callbacks: unknown[]) => object }
  export = strategies
}
