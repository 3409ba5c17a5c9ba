import { endpoint } from 'countersign/fetch'
import { consent } from '../../../consent.ts'

export const GET = endpoint(consent)
export const POST = GET
