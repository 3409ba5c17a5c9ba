import 'reflect-metadata'
import {
  All,
  type ArgumentsHost,
  Catch,
  Controller,
  type INestApplication,
  Module,
  Req,
  type Type,
} from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { ExpressAdapter } from '@nestjs/platform-express'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import type {
  Authentication,
  HttpRequest,
  Endpoint as ServerEndpoint,
  TokenCredential,
  WithoutSecrets,
} from 'countersign'
import { countersign } from 'countersign/fastify'
import {
  CountersignModule,
  CurrentAuthentication,
  CurrentCredential,
  currentAuthentication,
  currentCredential,
  Endpoint,
  type NestRequest,
  OAuthRequest,
  RequireClient,
  RequireOAuth,
} from 'countersign/nestjs'
import { type App, guardsOf, handled, octetsOf, pairsOf, type Route, sizeOf, textOf } from './app.ts'
import type { Harness } from './suite.ts'

/** What decorators are where their syntax is not to be had: applied by hand, to a method and its parameters. */
function decorate(type: Type, method: MethodDecorator[], parameters: ParameterDecorator[]): void {
  parameters.forEach((parameter, i) => {
    parameter(type.prototype, 'handle', i)
  })
  const descriptor = Object.getOwnPropertyDescriptor(type.prototype, 'handle')
  for (const apply of method) apply(type.prototype, 'handle', descriptor as PropertyDescriptor)
}

/** A controller of one protected method. The first requirement decorates the class, the second the method. */
function resource(app: App, path: string, route: Route): Type {
  class Resource {
    handle(
      authentication: Authentication,
      request: NestRequest,
      credential?: WithoutSecrets<TokenCredential>,
    ) {
      if (authentication.credential !== credential) throw new Error('Two credentials for one request')
      const req = 'raw' in request ? request.raw : request
      const { body } = request
      return route.handle({
        byRequest: () => authentication,
        inContext: () => currentCredential(),
        authenticationInContext: () => currentAuthentication(),
        fields: async () => pairsOf(body ?? (await textOf(req))),
        size: () => sizeOf(req),
        body: async () => (req.readableEnded ? body : octetsOf(req)),
      })
    }
  }
  const guards = {
    requireOAuth: (_: unknown, scope: Parameters<typeof RequireOAuth>[0]) => RequireOAuth(scope),
    requireClient: (_: unknown, options: Parameters<typeof RequireClient>[0]) => RequireClient(options),
  }
  const [ofClass, ...ofMethod] = guardsOf(guards, app, route)
  // A request without a token has no credential to ask for.
  const ofToken = route.required.some((demand) => typeof demand === 'object' && demand.client)
    ? []
    : [CurrentCredential()]
  decorate(Resource, [...ofMethod, All(path)], [CurrentAuthentication(), Req(), ...ofToken])
  ofClass?.(Resource)
  return Resource
}

function endpointAt(
  path: string,
  response: ServerEndpoint | ((request: HttpRequest) => Promise<unknown>),
  errors: 'answer' | 'throw' = 'answer',
): Type {
  class EndpointController {
    handle(request: HttpRequest) {
      return typeof response === 'function' ? response(request) : response
    }
  }
  decorate(EndpointController, [Endpoint({ errors }), All(path)], [OAuthRequest()])
  Controller()(EndpointController)
  return EndpointController
}

function moduleOf(app: App, wildcard: string): Type {
  const resources = app.routes.map((route) => {
    const type = resource(app, route.path.replace('*', wildcard), route)
    Controller()(type)
    return type
  })
  const mounted = resource(app, app.mounted.path, app.mounted)
  Controller('mounted/deep')(mounted)
  const endpoints = Object.entries(app.endpoints).map(([path, response]) => endpointAt(path, response))
  const broken = endpointAt('/oauth/throw', app.endpoints['/oauth/broken'] as never, 'throw')
  const { protector, server } = app
  class AppModule {}
  Module({
    imports: [CountersignModule.forRootAsync({ useFactory: async () => ({ protector, server }) })],
    controllers: [...resources, mounted, ...endpoints, broken],
  })(AppModule)
  return AppModule
}

/** The application's own response to errors. */
function filterFor(web: INestApplication) {
  class AllErrors {
    catch(error: unknown, host: ArgumentsHost): void {
      const { status, body } = handled(error)
      web.getHttpAdapter().reply(host.switchToHttp().getResponse(), body, status)
    }
  }
  Catch()(AllErrors)
  return new AllErrors()
}

async function start(web: INestApplication) {
  web.useGlobalFilters(filterFor(web))
  await web.listen(0, '127.0.0.1')
  return { base: await web.getUrl(), close: () => web.close() }
}

export const onExpress: Harness = {
  name: 'NestJS on Express',
  parsers: ['none', 'before'],
  trustsProxy: true,
  async serve(app, { parser, trust }) {
    const adapter = new ExpressAdapter()
    adapter.set('trust proxy', trust)
    const body = parser === 'before' ? { rawBody: true } : { bodyParser: false }
    return start(await NestFactory.create(moduleOf(app, '*rest'), adapter, { logger: false, ...body }))
  },
}

export const onFastify: Harness = {
  name: 'NestJS on Fastify',
  parsesJsonFirst: ['none'],
  refusesMemberNames: 'before',
  parsers: ['none', 'before'],
  trustsProxy: true,
  async serve(app, { parser, trust }) {
    const adapter = new FastifyAdapter({ trustProxy: trust, bodyLimit: 32 * 1024 * 1024 })
    const instance = adapter.getInstance()
    instance.addContentTypeParser('*', (_request, _payload, done) => done(null))
    const { limits = {} } = app.options
    if (parser === 'none') await instance.register(countersign, { limits })
    const body = parser === 'before' ? { rawBody: true } : { bodyParser: false }
    return start(await NestFactory.create(moduleOf(app, '*'), adapter, { logger: false, ...body }))
  },
}
