import { All, Controller } from '@nestjs/common'
import { Endpoint } from 'countersign/nestjs'
import { consent } from './consent.ts'
import { server } from './oauth.ts'

@Controller('oauth')
export class OAuthController {
  @All('initiate') @Endpoint() initiate() {
    return server.initiate
  }

  @All('authorize') @Endpoint() authorize() {
    return consent
  }

  @All('token') @Endpoint() token() {
    return server.token
  }
}
