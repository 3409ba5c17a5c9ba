import 'reflect-metadata'
import { Controller, Get, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { CountersignModule, RequireOAuth } from 'countersign/nestjs'
import { content, hmac, type StartApp } from './app.ts'

class HelloController {
  bare() {
    return content
  }
  hmac() {
    return hmac()
  }
  protected() {
    return content
  }
}

export const start: StartApp = async (protector) => {
  // Node strips types but does not support decorators, so they are applied by hand.
  decorate('bare', Get('bare'))
  decorate('hmac', Get('hmac'))
  decorate('protected', Get('protected'), RequireOAuth())
  Controller()(HelloController)
  class AppModule {}
  Module({ imports: [CountersignModule.forRoot({ protector })], controllers: [HelloController] })(AppModule)
  const app = await NestFactory.create(AppModule, { logger: false })
  await app.listen(0, '127.0.0.1')
  return Number(new URL(await app.getUrl()).port)
}

function decorate(name: keyof HelloController, ...decorators: MethodDecorator[]): void {
  const descriptor = Object.getOwnPropertyDescriptor(HelloController.prototype, name) as PropertyDescriptor
  for (const apply of decorators) apply(HelloController.prototype, name, descriptor)
}
