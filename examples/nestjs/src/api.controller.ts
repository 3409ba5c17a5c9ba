import { Body, Controller, Get, Post } from '@nestjs/common'
import type { TokenCredential, WithoutSecrets } from 'countersign'
import { CurrentCredential, currentCredential, RequireOAuth } from 'countersign/nestjs'

@Controller('api')
@RequireOAuth()
export class ApiController {
  @Get('me')
  me(@CurrentCredential() credential: WithoutSecrets<TokenCredential>) {
    return { userId: credential.userId }
  }

  @Post('notes')
  write(@Body('text') text: string) {
    return { text, userId: currentCredential().userId }
  }
}
