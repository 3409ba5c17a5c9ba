import 'reflect-metadata'
import { createServer, type IncomingMessage } from 'node:http'
import {
  type ExecutionContext,
  type INestApplicationContext,
  Injectable,
  Module,
  type Type,
} from '@nestjs/common'
import { APP_GUARD, ExternalContextCreator, NestFactory } from '@nestjs/core'
import { ExecutionContextHost } from '@nestjs/core/helpers/execution-context-host.js'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { ConfigurationError, ResourceProtector } from 'countersign'
import { memoryHooks } from 'countersign/memory'
import {
  CountersignModule,
  type CountersignModuleOptions,
  CurrentCredential,
  currentCredential,
  type LocateOptions,
  OAuthGuard,
  RequireOAuth,
} from 'countersign/nestjs'
import { afterEach, describe, expect, it } from 'vitest'
import { client, token } from './app.ts'
import { authorization, send } from './client.ts'
import { listen } from './listen.ts'

const credential = { ...token(), clientId: client.clientId, userId: 7, scope: 'read' }
const hooks = memoryHooks({ clients: [client], tokens: [credential] })
const protector = new ResourceProtector({ hooks })

let ran = 0

/** A resolver or gateway: a class whose method gets the credential of the request in its context. */
function resolverOf(decorators: readonly ClassDecorator[], options?: LocateOptions): Type {
  class Resolver {
    resolve(given: typeof credential) {
      ran++
      return [given.userId, currentCredential().userId]
    }
  }
  CurrentCredential(options)(Resolver.prototype, 'resolve', 0)
  for (const decorate of [...decorators, Injectable()]) decorate(Resolver)
  return Resolver
}

let nest: INestApplicationContext | undefined
afterEach(() => nest?.close())

/** What GraphQL, WebSockets and microservices call a method through: Nest's own way to it, guards and all. */
async function callerOf(
  type: string,
  resolver: Type,
  options: Partial<CountersignModuleOptions> = {},
  providers: object[] = [],
): Promise<(...args: unknown[]) => Promise<unknown>> {
  class AppModule {}
  Module({
    imports: [CountersignModule.forRoot({ protector, ...options })],
    providers: [resolver, ...providers] as never,
  })(AppModule)
  nest = await NestFactory.createApplicationContext(AppModule, { logger: false })
  const instance = nest.get(resolver)
  const paramsFactory = { exchangeKeyForValue: () => undefined }
  return nest
    .get(ExternalContextCreator)
    .create(
      instance,
      instance.resolve,
      'resolve',
      '__routeArguments__',
      paramsFactory as never,
      undefined,
      undefined,
      undefined,
      type,
    ) as never
}

/** A request as Node hands it over, signed with this secret. */
async function nodeRequest(clientSecret = client.clientSecret as string): Promise<IncomingMessage> {
  let arrived: IncomingMessage | undefined
  const server = createServer((req, res) => {
    arrived = req
    res.end()
  })
  const { base, close } = await listen(server)
  const call = { base, path: '/graphql', clientSecret }
  await send({ ...call, headers: { authorization: authorization(call) } }, false)
  await close()
  return arrived as IncomingMessage
}

describe.each([
  ['req', (req: IncomingMessage) => ({ req })],
  ['request', (request: IncomingMessage) => ({ request })],
  ['reply.request', (request: IncomingMessage) => ({ reply: { request, headers: () => {} } })],
])('RequireOAuth before a GraphQL resolver whose context has %s', (_, contextOf) => {
  it('finds the request, and checks it once for all fields', async () => {
    const call = await callerOf('graphql', resolverOf([RequireOAuth('read')]))
    const context = contextOf(await nodeRequest())
    const args = [undefined, {}, context, { fieldName: 'photos' }]
    const responses = await Promise.all([call(...args), call(...args), call(...args)])
    expect(responses).toEqual([
      [7, 7],
      [7, 7],
      [7, 7],
    ])
  })

  it('refuses before the resolver runs', async () => {
    const call = await callerOf('graphql', resolverOf([RequireOAuth()]))
    ran = 0
    const args = [undefined, {}, contextOf(await nodeRequest('wrong')), {}]
    await expect(call(...args)).rejects.toMatchObject({
      status: 401,
      response: { error: 'invalid_signature' },
    })
    expect(ran).toBe(0)
  })
})

describe.each(['ws', 'rpc', 'graphql', 'telegram'])('a context of the type %s', (type) => {
  it('whose request is not found is a ConfigurationError that names it', async () => {
    for (const decorators of [[RequireOAuth()], []]) {
      const providers = decorators.length === 0 ? [{ provide: APP_GUARD, useClass: OAuthGuard() }] : []
      const call = await callerOf(type, resolverOf(decorators), {}, providers)
      ran = 0
      const outcome = await call({ id: 'socket' }, {}).catch((error: unknown) => error)
      expect(outcome).toBeInstanceOf(ConfigurationError)
      expect(String(outcome)).toContain(`of the type ${type}.`)
      expect(String(outcome)).toContain('requestOf')
      expect(ran).toBe(0)
      await nest?.close()
    }
  })

  it('is searched where the option says, of the decorator or of the module', async () => {
    const requestOf = (context: ExecutionContext) => context.getArgs()[0].handshake
    const ways = [
      callerOf(type, resolverOf([RequireOAuth({ requestOf })], { requestOf })),
      callerOf(type, resolverOf([RequireOAuth()]), { requestOf }),
    ]
    for (const way of ways) {
      const call = await way
      const socket = { handshake: await nodeRequest() }
      // Every message of a connection is let in by the request that opened it.
      expect([await call(socket), await call(socket)]).toEqual([
        [7, 7],
        [7, 7],
      ])
      await expect(call({ handshake: await nodeRequest('wrong') })).rejects.toMatchObject({ status: 401 })
    }
  })
})

it.each(['Express', 'Fastify'])('APP_GUARD on %s leaves HTTP as it was', async (platform) => {
  const adapter = platform === 'Express' ? new ExpressAdapter() : new FastifyAdapter()
  class AppModule {}
  Module({
    imports: [CountersignModule.forRoot({ protector })],
    providers: [{ provide: APP_GUARD, useClass: OAuthGuard() }],
  })(AppModule)
  const web = await NestFactory.create(AppModule, adapter, { logger: false })
  await web.listen(0, '127.0.0.1')
  expect((await send({ base: await web.getUrl(), path: '/nowhere' })).status).toBe(404)
  await web.close()
})

it('a guard that is asked by hand names the context, too', async () => {
  const context = new ExecutionContextHost([])
  context.setType('ws')
  const guard = Reflect.construct(OAuthGuard(), [{ protector }])
  await expect(guard.canActivate(context)).rejects.toThrow(ConfigurationError)
})
