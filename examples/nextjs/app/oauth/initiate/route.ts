import { endpoint } from 'countersign/fetch'
import { server } from '../../../lib/oauth'

export const POST = endpoint(server.initiate)
