import type { GroupCase } from '../conformance-case.ts'
import type { Context } from '../context.ts'
import { expectRefused } from '../expectations.ts'
import { protectedRequest } from '../flow/steps.ts'
import { type WireRequest, withQuery } from '../http/message.ts'
import { formType, pairsOfUrl } from '../signing.ts'
import { Skip } from '../verdict.ts'
import { requireMethod } from './resource-methods.ts'

type Change = Pick<GroupCase, 'id' | 'title' | 'why'> & {
  readonly section?: string
  request(context: Context): Promise<WireRequest>
}

const changes: readonly Change[] = [
  {
    id: 'query-changed',
    title: 'A query that was changed after signing is refused',
    why: 'Anyone in between could change the request.',
    async request(context) {
      const url = withQuery(context.target.resource, 'amount=1')
      const request = await protectedRequest(context, { url })
      return { ...request, url: withQuery(context.target.resource, 'amount=9') }
    },
  },
  {
    id: 'query-added',
    title: 'A parameter that was added to the query after signing is refused',
    why: 'Anyone in between could add what the client did not ask for.',
    async request(context) {
      const request = await protectedRequest(context)
      return { ...request, url: withQuery(request.url, 'admin=1') }
    },
  },
  {
    id: 'query-realm-added',
    title: 'A realm that was added to the query after signing is refused',
    why: 'A provider that omits every realm from the base string accepts it.',
    async request(context) {
      const request = await protectedRequest(context)
      return { ...request, url: withQuery(request.url, 'realm=admin') }
    },
  },
  {
    id: 'repeated-name-dropped',
    title: 'A request that lost one of two equal parameters after signing is refused',
    why: 'A provider that counts equal parameters once does not notice.',
    async request(context) {
      const url = withQuery(context.target.resource, 'id=1&id=1')
      const request = await protectedRequest(context, { url })
      return { ...request, url: withQuery(context.target.resource, 'id=1') }
    },
  },
  {
    id: 'form-changed',
    title: 'A form that was changed after signing is refused',
    why: 'Anyone in between could send another form.',
    request: (context) => changedForm(context, 'POST'),
  },
  {
    id: 'form-put-changed',
    title: 'A form of PUT that was changed after signing is refused',
    why: 'A provider that signs forms of POST only does not notice.',
    request: (context) => changedForm(context, 'PUT'),
  },
  ...(['POST', 'PUT'] as const).map(
    (method): Change => ({
      id: `form-${method.toLowerCase()}-unsigned`,
      title: `A form of ${method} that the signature does not cover is refused`,
      why: 'A provider that omits forms from the base string lets anyone change them.',
      request: (context) => unsignedForm(context, method, formType),
    }),
  ),
  {
    id: 'form-charset-unsigned',
    title: 'A form with a charset that the signature does not cover is refused',
    why: 'A provider that compares the whole content type omits such forms from the base string.',
    request: (context) => unsignedForm(context, 'POST', `${formType}; charset=UTF-8`),
  },
  {
    id: 'other-method',
    title: 'A signature for GET is refused on POST',
    section: '§3.4.1.1',
    why: 'Anyone in between could turn a read into a write.',
    async request(context) {
      const method = await requireMethod(context, 'POST')
      return protectedRequest(context, { method, signedMethod: 'GET' })
    },
  },
  {
    id: 'other-path',
    title: 'A signature for another path is refused',
    section: '§3.4.1.2',
    why: 'Anyone in between could redirect the request to another resource.',
    request(context) {
      return protectedRequest(context, { signedUrl: context.target.initiate })
    },
  },
  {
    id: 'other-host',
    title: 'A signature for another host is refused',
    section: '§3.4.1.2',
    why: 'A request for one server could be sent to another.',
    request(context) {
      const { host } = new URL(context.target.resource)
      return protectedRequest(context, { signedUrl: context.target.resource.replace(host, 'other.example') })
    },
  },
  {
    id: 'other-port',
    title: 'A signature that omits a non-default port is refused',
    section: '§3.4.1.2',
    why: 'A request for another server on the same host would be accepted.',
    request(context) {
      const { host, hostname, port } = new URL(context.target.resource)
      if (port === '') throw new Skip('the provider listens on a default port')
      return protectedRequest(context, { signedUrl: context.target.resource.replace(host, hostname) })
    },
  },
]

async function changedForm(context: Context, verb: string): Promise<WireRequest> {
  const method = await requireMethod(context, verb)
  return { ...(await protectedRequest(context, { method, form: 'amount=1' })), body: 'amount=9' }
}

async function unsignedForm(context: Context, verb: string, contentType: string): Promise<WireRequest> {
  const method = await requireMethod(context, verb)
  const { resource } = context.target
  return protectedRequest(context, { method, form: 'amount=9', contentType, pairs: pairsOfUrl(resource) })
}

/** Requests that were changed between client and provider. */
export const tampered: readonly GroupCase[] = changes.map(
  ({ request, section = '§3.4.1.3.1', ...texts }): GroupCase => ({
    ...texts,
    section,
    level: 'must',
    remedy:
      'Build the base string from everything that arrived: method, scheme, host, port, path, query and form.',
    async run(context) {
      expectRefused(await context.send(await request(context)), texts.title)
    },
  }),
)
