/**
 * NestJS, on Express and on Fastify: a module, `RequireOAuth`, `RequireClient` and the parameter decorators for protected
 * methods, and `Endpoint` for those that issue credentials.
 *
 * @example
 * ```ts
 * import { CountersignModule, CurrentCredential, RequireOAuth } from 'countersign/nestjs'
 *
 * @Module({ imports: [CountersignModule.forRoot({ protector, server })], controllers: [PhotosController] })
 * export class AppModule {}
 * ```
 *
 * @module
 */

import type { ServerResponse } from 'node:http'
import {
  type ArgumentsHost,
  applyDecorators,
  type CallHandler,
  type CanActivate,
  Catch,
  createParamDecorator,
  type ExceptionFilter,
  type ExecutionContext,
  HttpException,
  Inject,
  mixin,
  type NestInterceptor,
  type Type,
  UseFilters,
  UseGuards,
  UseInterceptors,
} from '@nestjs/common'
import type { Observable } from 'rxjs'
import type { HttpResponse } from '../protocol/http.ts'
import type { Client, TokenCredential } from '../server/models.ts'
import { checkOptions } from '../server/option-kinds.ts'
import type { Authentication } from '../server/resource-protector.ts'
import type { WithoutSecrets } from '../server/without-secrets.ts'
import type { FastifyReply } from './fastify.ts'
import {
  findRequest,
  findResponse,
  httpRequest,
  type LocateOptions,
  locateKinds,
  type NestRequest,
  prepare,
  requestIn,
  requestsOf,
  setHeaders,
} from './nestjs/context.ts'
import { type CountersignModuleOptions, moduleOptions } from './nestjs/module.ts'
import { authenticationOf, credentialOf, withAuthentication } from './shared/current.ts'
import {
  clientDemand,
  type Demand,
  judge,
  type RefusalOptions,
  type RequireOptions,
  requireOptions,
} from './shared/guard.ts'

export { httpRequest, type LocateOptions, type NestRequest } from './nestjs/context.ts'
export { Endpoint, endpoint, OAuthRequest } from './nestjs/endpoint.ts'
export {
  CountersignModule,
  type CountersignModuleAsyncOptions,
  type CountersignModuleOptions,
} from './nestjs/module.ts'
export type { EndpointOptions } from './shared/endpoint.ts'
export type { RefusalOptions, RequireOptions } from './shared/guard.ts'

/** What `RequireOAuth` and `OAuthGuard` take; a string is short for `{ scope }`. */
export type NestRequireOptions = RequireOptions & LocateOptions

/** What `RequireClient` and `ClientGuard` take. */
export type NestRefusalOptions = RefusalOptions & LocateOptions

/**
 * Protects a controller or one of its methods: only correctly signed requests reach it. If both are decorated, the
 * signature is checked once and both scopes are required.
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
export function RequireOAuth(scope?: string | NestRequireOptions): ClassDecorator & MethodDecorator {
  return protecting(oauthDemand(scope))
}

/**
 * Like `RequireOAuth`, for resources of the client itself: only requests that a client signed without a token reach
 * them, and `CurrentAuthentication` gives the client.
 *
 * @example
 * ```ts
 * @Get('usage')
 * @RequireClient()
 * usage(@CurrentAuthentication() { client }: Authentication) { return client.clientId }
 * ```
 */
export function RequireClient(options?: NestRefusalOptions): ClassDecorator & MethodDecorator {
  return protecting(aloneDemand(options))
}

function protecting(demand: NestDemand): ClassDecorator & MethodDecorator {
  return applyDecorators(
    UseGuards(guardOf(demand)),
    UseInterceptors(contextInterceptor(demand)),
    UseFilters(RefusalFilter),
  )
}

/**
 * The guard of `RequireOAuth` alone, for `UseGuards` and `APP_GUARD`. A refusal is an `HttpException`, sent by the
 * application's exception filters, with the challenge in its headers; `currentCredential()` needs the request.
 *
 * @example
 * ```ts
 * { provide: APP_GUARD, useClass: OAuthGuard() }
 * ```
 */
export function OAuthGuard(scope?: string | NestRequireOptions): Type<CanActivate> {
  return guardOf(oauthDemand(scope))
}

/** The guard of `RequireClient` alone, as `OAuthGuard` is for `RequireOAuth`. */
export function ClientGuard(options?: NestRefusalOptions): Type<CanActivate> {
  return guardOf(aloneDemand(options))
}

function guardOf({ requestOf: required, ...demand }: NestDemand): Type<CanActivate> {
  class Guard implements CanActivate {
    readonly #options: CountersignModuleOptions
    constructor(options: CountersignModuleOptions) {
      this.#options = options
    }

    async canActivate(context: ExecutionContext): Promise<boolean> {
      const { protector, errors, requestOf } = this.#options
      const request = requestIn(context, required ?? requestOf)
      const verdict = await judge(
        protector,
        { ...(errors ? { errors } : {}), ...demand },
        requestsOf(request),
        () => httpRequest(request, protector.limits),
        () => request.headers.accept,
      )
      if (verdict.refusal === undefined) return true
      const challenge = verdict.refusal.headers['www-authenticate']
      const response = findResponse(context)
      if (challenge && response) setHeaders(response, { 'www-authenticate': challenge })
      throw refusalFor(context, verdict.refusal)
    }
  }
  Inject(moduleOptions)(Guard, undefined, 0)
  return mixin(Guard)
}

type NestDemand = Demand & LocateOptions

function oauthDemand(scope: string | NestRequireOptions | undefined): NestDemand {
  if (typeof scope !== 'object') return requireOptions(scope)
  const { requestOf, ...options } = scope
  checkOptions('requireOAuth', { requestOf }, locateKinds)
  return requestOf ? { ...requireOptions(options), requestOf } : requireOptions(options)
}

function aloneDemand({ requestOf, ...options }: NestRefusalOptions = {}): NestDemand {
  checkOptions('requireClient', { requestOf }, locateKinds)
  return requestOf ? { ...clientDemand(options), requestOf } : clientDemand(options)
}

/** Without an HTTP response to send, the refusal becomes an ordinary exception of that Nest context. */
function refusalFor(context: ExecutionContext, response: HttpResponse): HttpException {
  const isJson = response.headers['content-type'] === 'application/json'
  const content = isJson ? JSON.parse(response.body) : Object.fromEntries(new URLSearchParams(response.body))
  return context.getType<string>() === 'http'
    ? new Refusal(content, response)
    : new HttpException(content, response.status)
}

/** Carries a refusal from the guard, which in Nest can only return true or false, to the filter that sends it. */
class Refusal extends HttpException {
  readonly refusal: HttpResponse
  constructor(content: Record<string, string>, response: HttpResponse) {
    super(content, response.status)
    this.refusal = response
  }
}

class RefusalFilter implements ExceptionFilter<Refusal> {
  catch({ refusal }: Refusal, host: ArgumentsHost): void {
    const http = host.switchToHttp()
    prepare(http.getRequest(), http.getResponse(), refusal)
    const res = http.getResponse<ServerResponse | FastifyReply>()
    if ('writeHead' in res) res.end(refusal.body)
    else res.send(Buffer.from(refusal.body))
  }
}
Catch(Refusal)(RefusalFilter)

/** Guards cannot wrap what comes after them; interceptors can. */
function contextInterceptor(required: LocateOptions): Type<NestInterceptor> {
  class ContextInterceptor implements NestInterceptor {
    readonly #requestOf: LocateOptions['requestOf']
    constructor(options: CountersignModuleOptions) {
      this.#requestOf = required.requestOf ?? options.requestOf
    }

    intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
      const request = requestIn(context, this.#requestOf)
      return withAuthentication(currentAuthentication(request), () => next.handle())
    }
  }
  Inject(moduleOptions)(ContextInterceptor, undefined, 0)
  return mixin(ContextInterceptor)
}

/** Parameter decorator: the token credential of this request, as the `queryToken` hook loaded it. */
export const CurrentCredential: (options?: LocateOptions) => ParameterDecorator = locating(
  'CurrentCredential',
  currentCredential,
)

/** Parameter decorator: client, credential and verified parameters of this request. */
export const CurrentAuthentication: (options?: LocateOptions) => ParameterDecorator = locating(
  'CurrentAuthentication',
  currentAuthentication,
)

/** The token credential of this request or, without an argument, of the current async context. */
export function currentCredential<T extends TokenCredential = TokenCredential>(
  request?: NestRequest,
): WithoutSecrets<T> {
  return credentialOf<T>(request)
}

/**
 * The client, credential and verified parameters of this request. For two-legged requests, use this instead of
 * `currentCredential`.
 */
export function currentAuthentication<C extends Client = Client, T extends TokenCredential = TokenCredential>(
  request?: NestRequest,
): Authentication<C, T> {
  return authenticationOf<C, T>(request)
}

/** A parameter decorator that locates the request by its options. */
function locating(
  name: string,
  read: (request: NestRequest | undefined) => unknown,
): (options?: LocateOptions) => ParameterDecorator {
  const decorator = createParamDecorator((options: LocateOptions | undefined, context: ExecutionContext) =>
    read(findRequest(context, options?.requestOf)),
  )
  return (options) => {
    checkOptions(name, options, locateKinds)
    return decorator(options)
  }
}
