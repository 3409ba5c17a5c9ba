// The part of `wrangler types`' output for wrangler.jsonc that is used here: an interface has no other names.
declare module 'cloudflare:workers' {
  interface Env {
    readonly DB: import('./d1.ts').Database
  }
  export const env: Env
}
