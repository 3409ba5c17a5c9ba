import { endpoint } from 'countersign/fetch'
import { server } from '../../../lib/oauth'

export const POST = endpoint((request) => server.createTokenResponse(request))
