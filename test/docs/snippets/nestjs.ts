import 'reflect-metadata'
import assert from 'node:assert/strict'
import type { Server } from 'node:net'
import { Controller, Get, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify'
import { AuthorizationServer, optionsFromEnv, ResourceProtector } from 'countersign'
import { CountersignModule, currentCredential, RequireOAuth } from 'countersign/nestjs'
import { hooks, served, signed } from '../app.ts'

/** What an application's own module provides. The decorators are called by hand: Node runs this file as it is. */
class Store {
  readonly hooks = hooks
}
class StoreModule {}
Module({ providers: [Store], exports: [Store] })(StoreModule)

class ApiController {
  me() {
    return { userId: currentCredential().userId }
  }
}
const me = Object.getOwnPropertyDescriptor(ApiController.prototype, 'me') as PropertyDescriptor
Get('me')(ApiController.prototype, 'me', me)
RequireOAuth()(ApiController)
Controller('api')(ApiController)

const oauth = CountersignModule.forRootAsync({
  imports: [StoreModule],
  inject: [Store],
  useFactory: ({ hooks }: Store) => ({
    server: new AuthorizationServer({ ...optionsFromEnv(), hooks }),
    protector: new ResourceProtector({ ...optionsFromEnv(), hooks }),
  }),
})

class AppModule {}
Module({ imports: [oauth], controllers: [ApiController] })(AppModule)

const adapter = new FastifyAdapter({ trustProxy: 'loopback' })
const app = await NestFactory.create<NestFastifyApplication>(AppModule, adapter, { rawBody: true })

app.useLogger(false)
await app.listen(0, '127.0.0.1')
await served(app.getHttpServer() as Server, async (origin) => {
  const response = await fetch(signed('GET', `${origin}/api/me`))
  assert.deepEqual(await response.json(), { userId: 'ada' })
  assert.equal((await fetch(`${origin}/api/me`)).status, 401)
})
assert.ok(app.get(AuthorizationServer) instanceof AuthorizationServer)
await app.close()
