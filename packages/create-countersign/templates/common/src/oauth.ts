import { AuthorizationServer, optionsFromEnv, ResourceProtector } from 'countersign'
import { hooks } from './store.ts'

// The names OAUTH1_… in .env are the options of both.
export const server = new AuthorizationServer({ ...optionsFromEnv(), hooks })
export const protector = new ResourceProtector({ ...optionsFromEnv(), hooks })
