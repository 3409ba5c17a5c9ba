import type { ServerResponse } from 'node:http'
import {
  type ArgumentsHost,
  applyDecorators,
  type CallHandler,
  type CanActivate,
  Catch,
  createParamDecorator,
  type DynamicModule,
  type ExceptionFilter,
  type ExecutionContext,
  type FactoryProvider,
  HttpException,
  Inject,
  Module,
  type ModuleMetadata,
  mixin,
  type NestInterceptor,
  StreamableFile,
  type Type,
  UseFilters,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common'
import { from, lastValueFrom, type Observable } from 'rxjs'
import type { HttpRequest, HttpResponse } from '../protocol/http.ts'
import type { Limits } from '../protocol/limits.ts'
import { AuthorizationServer } from '../server/authorization-server.ts'
import type { Awaitable } from '../server/hooks.ts'
import type { Client, TokenCredential } from '../server/models.ts'
import { type Authentication, ResourceProtector } from '../server/resource-protector.ts'
import type { WithoutSecrets } from '../server/without-secrets.ts'
import { type ExpressRequest, httpRequest as expressRequest } from './express.ts'
import { type FastifyReply, type FastifyRequest, httpRequest as fastifyRequest } from './fastify.ts'
import { headersFor } from './node-stream.ts'
import {
  answerOf,
  authenticationOf,
  credentialOf,
  type EndpointOptions,
  judge,
  type RefusalOptions,
  type RequireOptions,
  requireOptions,
  withAuthentication,
} from './shared.ts'

export type { EndpointOptions, RequireOptions } from './shared.ts'

/** The request of either platform. */
export type NestRequest = ExpressRequest | FastifyRequest

/** What the module provides to the application, and what `RequireOAuth` works with. */
export interface CountersignModuleOptions extends RefusalOptions {
  readonly protector: ResourceProtector
  /** Provided for injection, where this application issues credentials too. */
  readonly server?: AuthorizationServer
}

/** As `CountersignModuleOptions`, but made by a factory out of other providers. */
export interface CountersignModuleAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  readonly inject?: FactoryProvider['inject']
  // biome-ignore lint/suspicious/noExplicitAny: Nest's own factories take whatever `inject` names
  readonly useFactory: (...injected: any[]) => CountersignModuleOptions | Promise<CountersignModuleOptions>
}

const moduleOptions = Symbol('CountersignModuleOptions')

/**
 * Makes `RequireOAuth` work everywhere in the application, and provides `ResourceProtector` and `AuthorizationServer`
 * for injection. Create the application with `{ rawBody: true }`, so that forms with brackets or repeats keep their text.
 *
 * @example
 * ```ts
 * @Module({ imports: [CountersignModule.forRoot({ protector, server })] })
 * export class AppModule {}
 * // NestFactory.create(AppModule, { rawBody: true })
 * ```
 */
// biome-ignore lint/complexity/noStaticOnlyClass: Nest's modules are classes
export class CountersignModule {
  static forRoot(options: CountersignModuleOptions): DynamicModule {
    return CountersignModule.forRootAsync({ useFactory: () => options })
  }

  static forRootAsync({
    imports = [],
    inject = [],
    useFactory,
  }: CountersignModuleAsyncOptions): DynamicModule {
    const part = <T>(provide: Type<T>, name: keyof CountersignModuleOptions): FactoryProvider => ({
      provide,
      inject: [moduleOptions],
      useFactory: (options: CountersignModuleOptions) => options[name],
    })
    return {
      module: CountersignModule,
      global: true,
      imports,
      providers: [
        { provide: moduleOptions, inject, useFactory },
        part(ResourceProtector, 'protector'),
        part(AuthorizationServer, 'server'),
      ],
      exports: [moduleOptions, ResourceProtector, AuthorizationServer],
    }
  }
}
Module({})(CountersignModule)

/**
 * Protects a controller or one of its methods: only correctly signed requests reach it. Where both are decorated, the
 * signature is checked once and both scopes are needed.
 *
 * @example
 * ```ts
 * @Controller('photos')
 * @RequireOAuth('photos:read')
 * class PhotosController {
 *   @Get() list(@CurrentCredential() credential: WithoutSecrets<TokenCredential>) { return credential.userId }
 * }
 * ```
 */
export function RequireOAuth(scope?: string | RequireOptions): ClassDecorator & MethodDecorator {
  return applyDecorators(
    UseGuards(OAuthGuard(scope)),
    UseInterceptors(ContextInterceptor),
    UseFilters(RefusalFilter),
  )
}

/**
 * The guard of `RequireOAuth` alone, for `UseGuards` and `APP_GUARD`. A refusal is an `HttpException`, answered by the
 * application's exception filters, with the challenge in its headers; `currentCredential()` needs the request.
 *
 * @example
 * ```ts
 * { provide: APP_GUARD, useClass: OAuthGuard() }
 * ```
 */
export function OAuthGuard(scope?: string | RequireOptions): Type<CanActivate> {
  const required = requireOptions(scope)
  class Guard implements CanActivate {
    readonly #options: CountersignModuleOptions
    constructor(options: CountersignModuleOptions) {
      this.#options = options
    }

    async canActivate(context: ExecutionContext): Promise<boolean> {
      const request = requestOf(context)
      const { protector, errors } = this.#options
      const verdict = await judge(
        protector,
        { ...(errors ? { errors } : {}), ...required },
        requestsOf(request),
        () => httpRequest(request, protector.limits),
        () => request.headers.accept,
      )
      if (verdict.refusal) {
        const challenge = verdict.refusal.headers['www-authenticate']
        if (challenge) setHeaders(context.switchToHttp().getResponse(), { 'www-authenticate': challenge })
        throw new Refusal(verdict.refusal)
      }
      return true
    }
  }
  Inject(moduleOptions)(Guard, undefined, 0)
  return mixin(Guard)
}

/** Carries a refusal from the guard, which Nest only lets say yes or no, to the filter that sends it. */
class Refusal extends HttpException {
  readonly answer: HttpResponse
  constructor(answer: HttpResponse) {
    const isJson = answer.headers['content-type'] === 'application/json'
    super(
      isJson ? JSON.parse(answer.body) : Object.fromEntries(new URLSearchParams(answer.body)),
      answer.status,
    )
    this.answer = answer
  }
}

class RefusalFilter implements ExceptionFilter<Refusal> {
  catch({ answer }: Refusal, host: ArgumentsHost): void {
    const http = host.switchToHttp()
    prepare(http.getRequest(), http.getResponse(), answer)
    const res = http.getResponse<ServerResponse | FastifyReply>()
    if ('writeHead' in res) res.end(answer.body)
    else res.send(Buffer.from(answer.body))
  }
}
Catch(Refusal)(RefusalFilter)

/** Guards cannot wrap what comes after them; interceptors can. */
class ContextInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return withAuthentication(currentAuthentication(requestOf(context)), () => next.handle())
  }
}

/**
 * For a method that returns an answer of the core, such as `server.createTokenResponse(request)`: it is sent as it is,
 * and an `OAuth1Error` that the method throws is answered.
 *
 * @example
 * ```ts
 * @All('token') @Endpoint()
 * token(@OAuthRequest() request: HttpRequest) { return this.server.createTokenResponse(request) }
 * ```
 */
export function Endpoint(options: EndpointOptions = {}): MethodDecorator {
  return UseInterceptors(new EndpointInterceptor(options))
}

class EndpointInterceptor implements NestInterceptor {
  readonly #options: EndpointOptions
  constructor(options: EndpointOptions) {
    this.#options = options
  }

  intercept(context: ExecutionContext, next: CallHandler<HttpResponse>): Observable<StreamableFile> {
    const request = requestOf(context)
    const send = async () => {
      const handled = next.handle()
      const response = await answerOf(request.headers.accept, this.#options, () => lastValueFrom(handled))
      prepare(request, context.switchToHttp().getResponse(), response)
      // Nest sends a stream as it is; a string it would give a charset and an ETag.
      return new StreamableFile(Buffer.from(response.body))
    }
    return from(send())
  }
}

/** Status and headers, on the response of either platform. */
function prepare(request: NestRequest, res: ServerResponse | FastifyReply, response: HttpResponse): void {
  if ('writeHead' in res) res.statusCode = response.status
  else res.code(response.status)
  setHeaders(res, headersFor('raw' in request ? request.raw : request, response))
}

function setHeaders(res: ServerResponse | FastifyReply, headers: Record<string, string | number>): void {
  if (!('writeHead' in res)) res.headers(headers)
  else for (const [name, value] of Object.entries(headers)) res.setHeader(name, value)
}

function requestOf(context: ExecutionContext): NestRequest & { readonly headers: ExpressRequest['headers'] } {
  return context.switchToHttp().getRequest()
}

function requestsOf(request: NestRequest): readonly [object, ...object[]] {
  return 'raw' in request ? [request.raw, request] : [request]
}

/** The request as the core wants it, on either platform: scheme and host are the platform's own view. */
export function httpRequest(request: NestRequest, limits?: Limits): Awaitable<HttpRequest> {
  return 'raw' in request ? fastifyRequest(request, limits) : expressRequest(request, limits)
}

/** Parameter decorator: the request as the core wants it, for a method with `@Endpoint()`. */
export const OAuthRequest: (options?: { readonly limits?: Limits }) => ParameterDecorator =
  createParamDecorator((options: { readonly limits?: Limits } | undefined, context: ExecutionContext) =>
    httpRequest(requestOf(context), options?.limits),
  )

/** Parameter decorator: the token credential of this request, as the `queryToken` hook loaded it. */
export const CurrentCredential: () => ParameterDecorator = createParamDecorator(
  (_: unknown, context: ExecutionContext) => currentCredential(requestOf(context)),
)

/** Parameter decorator: client, credential and verified parameters of this request. */
export const CurrentAuthentication: () => ParameterDecorator = createParamDecorator(
  (_: unknown, context: ExecutionContext) => currentAuthentication(requestOf(context)),
)

/** The token credential of this request, or without an argument that of the current async context. */
export function currentCredential<T extends TokenCredential = TokenCredential>(
  request?: NestRequest,
): WithoutSecrets<T> {
  return credentialOf<T>(request)
}

/** Client, credential and verified parameters of this request; the only one of the two for two-legged requests. */
export function currentAuthentication<C extends Client = Client, T extends TokenCredential = TokenCredential>(
  request?: NestRequest,
): Authentication<C, T> {
  return authenticationOf<C, T>(request)
}
