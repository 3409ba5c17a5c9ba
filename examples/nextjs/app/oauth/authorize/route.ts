import { endpoint } from 'countersign/fetch'
import { authorize } from '../../../lib/consent'
import { server } from '../../../lib/oauth'

export const GET = endpoint((request) => authorize(server, request))
export const POST = GET
