import { AuthorizationServer, type Hooks, optionsFromEnv, ResourceProtector } from 'countersign'
import * as store from './store.ts'

// Next.js may load this module more than once; the store must be one.
const kept: typeof globalThis & { oauthHooks?: Hooks } = globalThis
kept.oauthHooks ??= store.hooks
const hooks = kept.oauthHooks

// The names OAUTH1_… in .env are the options of both.
export const server = new AuthorizationServer({ ...optionsFromEnv(), hooks })
export const protector = new ResourceProtector({ ...optionsFromEnv(), hooks })
