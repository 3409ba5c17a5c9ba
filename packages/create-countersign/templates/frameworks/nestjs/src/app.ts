import 'reflect-metadata'
import type { Server } from 'node:http'
import { NestFactory } from '@nestjs/core'
import { AppModule } from './app.module.ts'

export async function listen(port: number, host: string): Promise<Server> {
  // countersign reads the body as it was sent.
  const app = await NestFactory.create(AppModule, { rawBody: true, logger: ['warn', 'error'] })
  await app.listen(port, host)
  return app.getHttpServer()
}
