import { AuthorizationServer, type Hooks, optionsFromEnv, ResourceProtector } from 'countersign'
import { memoryHooks } from 'countersign/memory'

const demo = { clientId: 'demo', clientSecret: 'demo-secret', callbacks: ['http://localhost:8080/callback'] }

// Next.js may load this module more than once, but the memory must be shared. A database does not need this.
const kept = globalThis as { oauthHooks?: Hooks }
kept.oauthHooks ??= memoryHooks({ clients: [demo] })
const hooks = kept.oauthHooks

export const server = new AuthorizationServer({ ...optionsFromEnv(), hooks })
export const protector = new ResourceProtector({ ...optionsFromEnv(), hooks })
