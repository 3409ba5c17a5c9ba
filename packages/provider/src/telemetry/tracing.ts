import type * as OpenTelemetry from '@opentelemetry/api'
import type { Context, Span } from '@opentelemetry/api'
import { currentRequest } from '../requests/request-context.ts'
import type { StoreObserver } from './store-observer.ts'

/** A request, as described by its span. */
export interface TracedRequest {
  readonly method: string
  /** Without the query. */
  readonly path: string
  readonly scheme: string
  /** The headers with the parent trace, if the sender is trusted. */
  readonly headers: Readonly<Record<string, string>>
}

/** How the request ended. */
export interface TracedEnd {
  /** Its route pattern. */
  readonly route: string
  readonly status: number
  readonly clientId?: string | undefined
}

/** Makes spans for the tracer that the application has registered. */
export interface Tracing {
  /** Runs a request in its own span, which `run` receives as the parent of inner spans. */
  request(request: TracedRequest, run: (context: unknown) => Promise<TracedEnd>): Promise<void>
  /** A span for each operation of the store. */
  readonly store: StoreObserver
}

/** Undefined if OpenTelemetry's API is not installed, or no tracer is registered with it. */
export async function openTracing(): Promise<Tracing | undefined> {
  const api = await loadApi()
  if (api === undefined || !hasTracer(api)) return undefined
  return tracingWith(api)
}

async function loadApi(): Promise<typeof OpenTelemetry | undefined> {
  try {
    return await import('@opentelemetry/api')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return undefined
    throw error
  }
}

/** Until one is registered, every proxy of the API leads to the same no-op tracer. */
function hasTracer({ trace, ProxyTracerProvider }: typeof OpenTelemetry): boolean {
  const provider = trace.getTracerProvider()
  if (!(provider instanceof ProxyTracerProvider)) return true
  return provider.getDelegate() !== new ProxyTracerProvider().getDelegate()
}

function tracingWith(api: typeof OpenTelemetry): Tracing {
  const { context, propagation, trace, SpanKind, SpanStatusCode } = api
  const tracer = trace.getTracer('@countersign/provider')
  const fail = (span: Span, error: unknown) => {
    // Never the message: a driver may quote values there.
    span.setAttribute('error.type', error instanceof Error ? error.name : typeof error)
    span.setStatus({ code: SpanStatusCode.ERROR })
  }
  return {
    async request({ method, path, scheme, headers }, run) {
      const caller = propagation.extract(context.active(), headers)
      const attributes = { 'http.request.method': method, 'url.path': path, 'url.scheme': scheme }
      const span = tracer.startSpan(method, { kind: SpanKind.SERVER, attributes }, caller)
      const within = trace.setSpan(caller, span)
      try {
        const { route, status, clientId } = await context.with(within, () => run(within))
        span.updateName(`${method} ${route}`)
        span.setAttributes({ 'http.route': route, 'http.response.status_code': status })
        if (clientId !== undefined) span.setAttribute('countersign.client_id', clientId)
        if (status >= 500) {
          span.setAttribute('error.type', String(status))
          span.setStatus({ code: SpanStatusCode.ERROR })
        }
      } catch (error) {
        fail(span, error)
        throw error
      } finally {
        span.end()
      }
    },
    store(operation) {
      const parent = (currentRequest()?.trace as Context | undefined) ?? context.active()
      const attributes = { 'db.operation.name': operation }
      const span = tracer.startSpan(operation, { kind: SpanKind.CLIENT, attributes }, parent)
      return (error) => {
        if (error !== undefined) fail(span, error)
        span.end()
      }
    },
  }
}
