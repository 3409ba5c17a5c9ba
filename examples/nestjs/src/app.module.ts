import { Module } from '@nestjs/common'
import { AuthorizationServer, optionsFromEnv, ResourceProtector } from 'countersign'
import { memoryHooks } from 'countersign/memory'
import { CountersignModule } from 'countersign/nestjs'
import { ApiController } from './api.controller.js'
import { OAuthController } from './oauth.controller.js'

const demo = { clientId: 'demo', clientSecret: 'demo-secret', callbacks: ['http://localhost:8080/callback'] }
const hooks = memoryHooks({ clients: [demo] })
const server = new AuthorizationServer({ ...optionsFromEnv(), hooks })
const protector = new ResourceProtector({ ...optionsFromEnv(), hooks })

@Module({
  imports: [CountersignModule.forRoot({ server, protector })],
  controllers: [OAuthController, ApiController],
})
export class AppModule {}
