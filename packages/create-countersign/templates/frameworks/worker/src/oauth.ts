import { env } from 'cloudflare:workers'
import { AuthorizationServer, optionsFromEnv, ResourceProtector } from 'countersign'
import { hooks } from './store.ts'

// The names OAUTH1_… in .dev.vars are the options of both.
export const server = new AuthorizationServer({ ...optionsFromEnv(env), hooks })
export const protector = new ResourceProtector({ ...optionsFromEnv(env), hooks })
