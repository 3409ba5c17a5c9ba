import { Module } from '@nestjs/common'
import { CountersignModule } from 'countersign/nestjs'
import { ApiController } from './api.controller.ts'
import { OAuthController } from './oauth.controller.ts'
import { protector, server } from './oauth.ts'

@Module({
  imports: [CountersignModule.forRoot({ server, protector })],
  controllers: [OAuthController, ApiController],
})
export class AppModule {}
