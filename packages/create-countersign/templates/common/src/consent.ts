import { devConsent } from 'countersign/dev'
import { server } from './oauth.ts'

// FOR DEVELOPMENT ONLY: this page signs no one in. Anyone who opens it approves as any of these users, so it refuses to run
// where NODE_ENV is production. Write your own page before others can reach this server:
// https://github.com/countersign/countersign/blob/main/docs/consent-page.md
export const consent = devConsent(server, { users: ['ada', 'grace'] })
