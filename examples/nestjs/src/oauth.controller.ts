import { All, Controller } from '@nestjs/common'
import { AuthorizationServer } from 'countersign'
import { devConsent } from 'countersign/dev'
import { Endpoint } from 'countersign/nestjs'

@Controller('oauth')
export class OAuthController {
  private readonly consent

  constructor(private readonly server: AuthorizationServer) {
    this.consent = devConsent(server)
  }

  @All('initiate') @Endpoint() initiate() {
    return this.server.initiate
  }

  @All('authorize') @Endpoint() authorize() {
    return this.consent
  }

  @All('token') @Endpoint() token() {
    return this.server.token
  }
}
