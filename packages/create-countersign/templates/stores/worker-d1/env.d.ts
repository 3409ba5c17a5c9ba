// What `npx wrangler types` writes from wrangler.jsonc, as far as it is used here.
declare module 'cloudflare:workers' {
  interface Env {
    readonly DB: import('./src/d1.ts').Database
  }
  export const env: Env
}
