// What `npx wrangler types` writes from wrangler.jsonc and .dev.vars, as far as it is used here.
declare module 'cloudflare:workers' {
  interface Env {
    /** A JSON list of clients: see .dev.vars. */
    readonly CLIENTS?: string
  }
  export const env: Env
}
