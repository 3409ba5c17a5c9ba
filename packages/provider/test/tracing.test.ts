import {
  context,
  propagation,
  SpanKind,
  SpanStatusCode,
  type TextMapPropagator,
  trace,
} from '@opentelemetry/api'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { afterEach, expect, it } from 'vitest'
import { ThirdParty } from '../../../test/support/third-party.ts'
import { registerClient } from '../src/clients/registration.ts'
import { createProvider } from '../src/provider.ts'
import { createLog } from '../src/telemetry/log.ts'
import { issueToken } from '../src/tokens/issued-token.ts'
import { client, openSetting, recordingUpstream } from './gateway/setting.ts'

const silent = createLog('silent')
afterEach(() => {
  trace.disable()
  propagation.disable()
})

/** W3C's `traceparent`, as far as this test needs it. */
const propagator: TextMapPropagator = {
  inject() {},
  extract(from, carrier, getter) {
    const [, traceId, spanId] = String(getter.get(carrier, 'traceparent')).split('-')
    if (traceId === undefined || spanId === undefined) return from
    return trace.setSpanContext(from, { traceId, spanId, traceFlags: 1, isRemote: true })
  },
  fields: () => ['traceparent'],
}

function recording(): InMemorySpanExporter {
  const exporter = new InMemorySpanExporter()
  trace.setGlobalTracerProvider(
    new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
  )
  propagation.setGlobalPropagator(propagator)
  return exporter
}

const caller = { trace: '0af7651916cd43dd8448eb211c80319c', span: 'b7ad6b7169203331' }
const traceparent = `00-${caller.trace}-${caller.span}-01`

async function started(trustedProxies: readonly string[]) {
  const provider = await createProvider({ port: 0, database: ':memory:', trustedProxies }, silent)
  const { services, address } = provider
  const { clientId, clientSecret } = await registerClient(services.db, { name: 'Album', callbacks: [] })
  const { oauthToken, oauthTokenSecret } = await issueToken(services, clientId, undefined)
  const signing = new ThirdParty({ key: clientId, secret: clientSecret })
  const token = { key: oauthToken, secret: oauthTokenSecret }
  const me = () => {
    const authorization = signing.authorization('GET', `${address}/api/echo?a=1`, { token })
    return fetch(`${address}/api/echo?a=1`, { headers: { authorization, traceparent } })
  }
  return { provider, clientId, me, secrets: [clientSecret, oauthToken, oauthTokenSecret] }
}

it('makes a span for each request with the semantic conventions, below it one for each operation of the store', async () => {
  const exporter = recording()
  const { provider, clientId, me, secrets } = await started(['loopback'])
  exporter.reset()
  expect((await me()).status).toBe(200)
  const spans = exporter.getFinishedSpans()
  const request = spans.find(({ kind }) => kind === SpanKind.SERVER)
  expect(request).toMatchObject({
    name: 'GET /api/echo/*',
    attributes: {
      'http.request.method': 'GET',
      'http.route': '/api/echo/*',
      'http.response.status_code': 200,
      'url.path': '/api/echo',
      'url.scheme': 'http',
      'countersign.client_id': clientId,
    },
    parentSpanContext: { traceId: caller.trace, spanId: caller.span },
    status: { code: SpanStatusCode.UNSET },
  })
  const operations = spans.filter(({ kind }) => kind === SpanKind.CLIENT)
  expect(
    operations.map(({ name, parentSpanContext, attributes }) => [
      name,
      parentSpanContext?.spanId,
      attributes,
    ]),
  ).toEqual(
    ['queryClientAndToken', 'recordNonce'].map((name) => [
      name,
      request?.spanContext().spanId,
      { 'db.operation.name': name },
    ]),
  )
  const all = JSON.stringify(
    spans.map(({ name, attributes, events, status }) => [name, attributes, events, status]),
  )
  for (const secret of secrets) expect(all).not.toContain(secret)

  await provider.services.db.destroy()
  exporter.reset()
  expect((await me()).status).toBe(503)
  for (const span of exporter.getFinishedSpans()) expect(span.status.code).toBe(SpanStatusCode.ERROR)
  await provider.close()
})

it('makes a span for each request to a gateway too, named after its route', async () => {
  const exporter = recording()
  const api = await recordingUpstream()
  const setting = await openSetting(api.address, { trustedProxies: ['loopback'] })
  exporter.reset()
  const url = `${setting.address}/photos/1`
  const authorization = new ThirdParty(client).authorization('GET', url, { token: setting.token })
  expect((await fetch(url, { headers: { authorization, traceparent } })).status).toBe(200)
  await expect
    .poll(() => exporter.getFinishedSpans().find(({ kind }) => kind === SpanKind.SERVER))
    .toMatchObject({
      name: 'GET default',
      attributes: {
        'http.route': 'default',
        'http.response.status_code': 200,
        'url.path': '/photos/1',
        'countersign.client_id': client.key,
      },
      parentSpanContext: { traceId: caller.trace, spanId: caller.span },
    })
  await setting.close()
  await api.close()
})

it('begins a trace of its own for senders who are not trusted', async () => {
  const exporter = recording()
  const { provider, me } = await started([])
  exporter.reset()
  await me()
  const request = exporter.getFinishedSpans().find(({ kind }) => kind === SpanKind.SERVER)
  expect(request?.parentSpanContext).toBeUndefined()
  expect(request?.spanContext().traceId).not.toBe(caller.trace)
  expect(context.active()).toBeDefined()
  await provider.close()
})

it('makes nothing while no tracer is registered', async () => {
  const { provider, me } = await started([])
  expect(provider.services.telemetry.tracing).toBeUndefined()
  expect((await me()).status).toBe(200)
  await provider.close()
})
