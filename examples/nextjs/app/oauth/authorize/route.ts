import { devConsent } from 'countersign/dev'
import { endpoint } from 'countersign/fetch'
import { server } from '../../../lib/oauth'

export const GET = endpoint(devConsent(server))
export const POST = GET
