import { Controller, Delete, Get, HttpCode } from '@nestjs/common'
import type { TokenCredential, WithoutSecrets } from 'countersign'
import { CurrentCredential, RequireOAuth } from 'countersign/nestjs'
import { server } from './oauth.ts'

@Controller('api')
@RequireOAuth()
export class ApiController {
  @Get('me')
  me(@CurrentCredential() credential: WithoutSecrets<TokenCredential>) {
    return { userId: credential.userId }
  }

  @Delete('token')
  @HttpCode(204)
  async revoke(@CurrentCredential() { clientId, oauthToken }: WithoutSecrets<TokenCredential>) {
    await server.revokeToken(clientId, oauthToken)
  }
}
