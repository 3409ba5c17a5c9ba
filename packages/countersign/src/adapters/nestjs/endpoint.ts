import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  type CallHandler,
  createParamDecorator,
  type ExecutionContext,
  Inject,
  mixin,
  type NestInterceptor,
  Optional,
  StreamableFile,
  type Type,
  UseInterceptors,
} from '@nestjs/common'
import { from, lastValueFrom, type Observable } from 'rxjs'
import type { HttpResponse } from '../../protocol/http.ts'
import type { Limits } from '../../protocol/limits.ts'
import type { Endpoint as ServerEndpoint } from '../../server/endpoint.ts'
import { limitKinds } from '../../server/limit-kinds.ts'
import { anObject, checkOptions, type Kinds } from '../../server/option-kinds.ts'
import { type ExpressRequest, endpoint as expressEndpoint } from '../express.ts'
import { endpoint as nodeEndpoint } from '../node.ts'
import { checkEndpointOptions, type EndpointOptions, type Responder, routeOf } from '../shared/endpoint.ts'
import { httpRequest, prepare, requestIn } from './context.ts'
import { type CountersignModuleOptions, moduleOptions } from './module.ts'

/**
 * For a method that returns one of the server's endpoints, or a response. The response is sent as it is, and an
 * `OAuth1Error` that the method throws becomes one.
 *
 * @example
 * ```ts
 * @All('token') @Endpoint()
 * token() { return this.server.token }
 * ```
 */
export function Endpoint(options: EndpointOptions = {}): MethodDecorator {
  checkEndpointOptions(options)
  return UseInterceptors(endpointInterceptor(options))
}

/** The key under which a request carries the limits that apply to `OAuthRequest`. */
const limitsKey: unique symbol = Symbol('countersign.limits')

function endpointInterceptor(options: EndpointOptions): Type<NestInterceptor> {
  class EndpointInterceptor implements NestInterceptor {
    readonly #options: EndpointOptions
    constructor(module: CountersignModuleOptions | undefined) {
      const server = options.server ?? module?.server
      this.#options = server ? { ...options, server } : options
    }

    intercept(context: ExecutionContext, next: CallHandler<EndpointResult>): Observable<StreamableFile> {
      const request = requestIn(context)
      const route = routeOf<[]>(() => respond(), this.#options)
      Object.assign(request, { [limitsKey]: route.limits() })
      const handled = next.handle()
      const respond = async () => {
        const result = await lastValueFrom(handled)
        if (!('handle' in result)) return result
        const { run, handle, limits } = routeOf<[]>(result, options)
        return run(request.headers.accept, async () => handle(await httpRequest(request, limits())))
      }
      const send = async () => {
        const response = await route.run(request.headers.accept, respond)
        prepare(request, context.switchToHttp().getResponse(), response)
        // Nest sends a stream as it is, but adds a charset and an ETag to a string.
        return new StreamableFile(Buffer.from(response.body))
      }
      return from(send())
    }
  }
  Inject(moduleOptions)(EndpointInterceptor, undefined, 0)
  Optional()(EndpointInterceptor, undefined, 0)
  return mixin(EndpointInterceptor)
}

/** What a method with `@Endpoint()` returns. */
type EndpointResult = HttpResponse | ServerEndpoint

/**
 * One of the server's endpoints, or a function of your own that returns a response, as Nest middleware: for `app.use`
 * and for `consumer.apply(…).forRoutes(…)`, on either platform.
 *
 * @example
 * ```ts
 * app.use('/oauth/token', endpoint(server.token))
 * ```
 */
export function endpoint(
  responder: Responder<[req: IncomingMessage]>,
  options: EndpointOptions = {},
): (req: IncomingMessage, res: ServerResponse, next: (error?: unknown) => void) => Promise<void> {
  const onExpress = expressEndpoint(responder, options)
  const onFastify = nodeEndpoint(responder, options)
  return (req, res, next) =>
    'app' in req ? onExpress(req as ExpressRequest, res, next) : onFastify(req, res)
}

type OAuthRequestOptions = { readonly limits?: Partial<Limits> }

/** Parameter decorator: the request as the core expects it, for a method with `@Endpoint()`, whose limits apply. */
export function OAuthRequest(options?: OAuthRequestOptions): ParameterDecorator {
  checkOptions('OAuthRequest', options, { limits: anObject } satisfies Kinds<OAuthRequestOptions>)
  checkOptions('OAuthRequest: limits', options?.limits, limitKinds)
  return oauthRequest(options)
}

const oauthRequest = createParamDecorator(
  (options: OAuthRequestOptions | undefined, context: ExecutionContext) => {
    const request = requestIn(context)
    return httpRequest(request, options?.limits ?? (request as { [limitsKey]?: Limits })[limitsKey])
  },
)
