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
    why: 'Anyone on the way could ask for something else.',
    async request(context) {
      const url = withQuery(context.target.resource, 'amount=1')
      const request = await protectedRequest(context, { url })
      return { ...request, url: withQuery(context.target.resource, 'amount=9') }
    },
  },
  {
    id: 'query-added',
    title: 'A parameter that was added to the query after signing is refused',
    why: 'Anyone on the way could add what the client did not ask for.',
    async request(context) {
      const request = await protectedRequest(context)
      return { ...request, url: withQuery(request.url, 'admin=1') }
    },
  },
  {
    id: 'query-realm-added',
    title: 'A realm that was added to the query after signing is refused',
    why: 'A provider that leaves every realm out of the base string lets it through.',
    async request(context) {
      const request = await protectedRequest(context)
      return { ...request, url: withQuery(request.url, 'realm=admin') }
    },
  },
  {
    id: 'repeated-name-dropped',
    title: 'A repeated name of which one was taken away after signing is refused',
    why: 'A provider that signs names only once does not see the difference.',
    async request(context) {
      const url = withQuery(context.target.resource, 'id=1&id=1')
      const request = await protectedRequest(context, { url })
      return { ...request, url: withQuery(context.target.resource, 'id=1') }
    },
  },
  {
    id: 'form-changed',
    title: 'A form that was changed after signing is refused',
    why: 'Anyone on the way could send another form.',
    async request(context) {
      const method = await requireMethod(context, 'POST')
      return { ...(await protectedRequest(context, { method, form: 'amount=1' })), body: 'amount=9' }
    },
  },
  {
    id: 'form-put-changed',
    title: 'A form of PUT that was changed after signing is refused',
    why: 'Providers that sign forms of POST only leave it open to change.',
    async request(context) {
      const method = await requireMethod(context, 'PUT')
      return { ...(await protectedRequest(context, { method, form: 'amount=1' })), body: 'amount=9' }
    },
  },
  ...(['POST', 'PUT'] as const).map(
    (method): Change => ({
      id: `form-${method.toLowerCase()}-unsigned`,
      title: `A form of ${method} that the signature does not cover is refused`,
      why: 'A provider that leaves forms out of the base string lets anyone on the way send another.',
      request: (context) => unsignedForm(context, method, formType),
    }),
  ),
  {
    id: 'form-charset-unsigned',
    title: 'A form with a charset that the signature does not cover is refused',
    why: 'A provider that compares the content type as a whole leaves such forms out of the base string.',
    request: (context) => unsignedForm(context, 'POST', `${formType}; charset=UTF-8`),
  },
  {
    id: 'other-method',
    title: 'A signature for GET is refused on POST',
    section: '§3.4.1.1',
    why: 'Anyone on the way could turn reading into writing.',
    async request(context) {
      const method = await requireMethod(context, 'POST')
      return protectedRequest(context, { method, signedMethod: 'GET' })
    },
  },
  {
    id: 'other-path',
    title: 'A signature for another path is refused',
    section: '§3.4.1.2',
    why: 'Anyone on the way could send the request to another resource.',
    request(context) {
      return protectedRequest(context, { signedUrl: context.target.initiate })
    },
  },
  {
    id: 'other-host',
    title: 'A signature for another host is refused',
    section: '§3.4.1.2',
    why: 'A request for one server could be used at another.',
    request(context) {
      const { host } = new URL(context.target.resource)
      return protectedRequest(context, { signedUrl: context.target.resource.replace(host, 'other.example') })
    },
  },
  {
    id: 'other-port',
    title: 'A signature without a port that is not the default one is refused',
    section: '§3.4.1.2',
    why: 'Another server of the same host would accept the request.',
    request(context) {
      const { host, hostname, port } = new URL(context.target.resource)
      if (port === '') throw new Skip('the provider listens on a default port')
      return protectedRequest(context, { signedUrl: context.target.resource.replace(host, hostname) })
    },
  },
]

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
    remedy: 'Make the base string of all that arrived: method, scheme, host, port, path, query and form.',
    async run(context) {
      expectRefused(await context.send(await request(context)), texts.title)
    },
  }),
)
