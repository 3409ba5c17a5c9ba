import { All, Controller } from '@nestjs/common'
import { AuthorizationServer, type HttpRequest } from 'countersign'
import { Endpoint, OAuthRequest } from 'countersign/nestjs'
import { authorize } from './consent.js'

@Controller('oauth')
export class OAuthController {
  constructor(private readonly server: AuthorizationServer) {}

  @All('initiate') @Endpoint() initiate() {
    return this.server.initiate
  }

  @All('authorize') @Endpoint() authorize(@OAuthRequest() request: HttpRequest) {
    return authorize(this.server, request)
  }

  @All('token') @Endpoint() token() {
    return this.server.token
  }
}
