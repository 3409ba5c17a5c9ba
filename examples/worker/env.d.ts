// What `wrangler types` would write from wrangler.jsonc.
declare module 'cloudflare:workers' {
  export const env: { readonly DB: import('./d1.ts').Database; readonly [name: string]: unknown }
}
