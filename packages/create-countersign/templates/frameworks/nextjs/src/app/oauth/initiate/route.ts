import { endpoint } from 'countersign/fetch'
import { server } from '../../../oauth.ts'

export const POST = endpoint(server.initiate)
