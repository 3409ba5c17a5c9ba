import 'reflect-metadata'
import { Controller, Get, type INestApplication, Module, type Type, UseGuards } from '@nestjs/common'
import { APP_GUARD, NestFactory } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { ResourceProtector, type TokenCredential } from 'countersign'
import { memoryHooks } from 'countersign/memory'
import { CountersignModule, CurrentCredential, OAuthGuard } from 'countersign/nestjs'
import { afterEach, describe, expect, it } from 'vitest'
import { client, token } from './app.ts'
import { send } from './client.ts'

const credential = { ...token(), clientId: client.clientId, userId: 7 }
const protector = new ResourceProtector({
  hooks: memoryHooks({ clients: [client], tokens: [credential] }),
  realm: 'Photos',
})

/** Returns the user's identifier at `/photos`. */
function controllerOf(...ofClass: ClassDecorator[]): Type {
  class Photos {
    list(credential: TokenCredential) {
      return { userId: credential.userId }
    }
  }
  CurrentCredential()(Photos.prototype, 'list', 0)
  const list = Object.getOwnPropertyDescriptor(Photos.prototype, 'list') as PropertyDescriptor
  Get('photos')(Photos.prototype, 'list', list)
  for (const apply of [...ofClass, Controller()]) apply(Photos)
  return Photos
}

let app: INestApplication | undefined
afterEach(() => app?.close())

async function start(platform: string, controller: Type, providers: object[] = []): Promise<string> {
  class AppModule {}
  const imports = [CountersignModule.forRoot({ protector })]
  Module({ imports, controllers: [controller], providers: providers as never })(AppModule)
  const adapter = platform === 'Express' ? new ExpressAdapter() : new FastifyAdapter()
  app = await NestFactory.create(AppModule, adapter, { logger: false })
  await app.listen(0, '127.0.0.1')
  return app.getUrl()
}

const everywhere = { provide: APP_GUARD, useClass: OAuthGuard() }

describe.each(['Express', 'Fastify'])('OAuthGuard on %s', (platform) => {
  it('lets signed requests through, and leaves a refusal to the exception filters', async () => {
    const base = await start(platform, controllerOf(UseGuards(OAuthGuard())))
    expect((await send({ base, path: '/photos' })).body).toBe(JSON.stringify({ userId: 7 }))
    const refused = await send({ base, path: '/photos' }, false)
    expect(refused.status).toBe(401)
    expect(refused.allHeaders['www-authenticate']).toBe('OAuth realm="Photos"')
    expect(JSON.parse(refused.body)).toMatchObject({ error: 'missing_credentials' })
  })

  it('demands a scope', async () => {
    const base = await start(platform, controllerOf(UseGuards(OAuthGuard('nobody:has'))))
    const refused = await send({ base, path: '/photos', headers: { accept: 'application/json' } })
    expect([refused.status, JSON.parse(refused.body).error]).toEqual([403, 'insufficient_scope'])
  })

  it('guards a whole application', async () => {
    const base = await start(platform, controllerOf(), [everywhere])
    expect((await send({ base, path: '/photos' })).status).toBe(200)
    expect((await send({ base, path: '/photos' }, false)).status).toBe(401)
  })
})
