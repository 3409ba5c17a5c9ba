import { percentEncode } from 'countersign/protocol'
import { casesOf, type GroupCase } from '../conformance-case.ts'
import type { Context } from '../context.ts'
import { expectAccepted, expectCredential, expectRefused } from '../expectations.ts'
import { approvedCredential, exchanging, initiation, protectedRequest } from '../flow/steps.ts'
import { type WireRequest, withQuery } from '../http/message.ts'
import { formType, type Place } from '../signing.ts'
import { withHardSignature } from './hard-signature.ts'
import { requireMethod } from './resource-methods.ts'

const placeNames = { header: 'the Authorization header', query: 'the query', body: 'a form body' } as const

function accepted(place: Place): GroupCase {
  return {
    id: place,
    title: `Protocol parameters in ${placeNames[place]} are accepted`,
    section: { header: '§3.5.1', body: '§3.5.2', query: '§3.5.3' }[place],
    level: place === 'header' ? 'must' : 'should',
    why: 'Clients may use any of the three places, and some can use only one.',
    remedy: 'Read the protocol parameters from header, form body and query.',
    async run(context) {
      const method = place === 'body' ? await requireMethod(context, 'POST') : 'GET'
      expectAccepted(
        await context.send(
          await withHardSignature((oauth) => protectedRequest(context, { place, method, oauth })),
        ),
        `a request with its parameters in ${placeNames[place]}`,
      )
    },
  }
}

const duplicate: Pick<GroupCase, 'section' | 'level' | 'why' | 'remedy'> = {
  section: '§3.1',
  level: 'must',
  why: 'The code that checks the request may read one value, and the code that uses it the other.',
  remedy: 'Collect the protocol parameters of header, query and form, and refuse a repeated name.',
}

/** Repeats one protocol parameter of a signed request: `at` is the place of the repetition. */
function repeated(id: string, where: string, place: Place, at: Place): GroupCase {
  return {
    ...duplicate,
    id,
    title: `A repeated protocol parameter, ${where}, is refused`,
    async run(context) {
      const isForm = place === 'body' || at === 'body'
      const method = isForm ? await requireMethod(context, 'POST') : 'GET'
      for (const value of ['same', 'other'] as const) {
        const request = await protectedRequest(context, { place, method })
        const key = context.target.client.key
        const again = value === 'same' ? key : context.unknown()
        expectRefused(
          await context.send(withParameter(request, at, 'oauth_consumer_key', again)),
          `oauth_consumer_key twice, ${where}`,
        )
      }
    },
  }
}

function withParameter(request: WireRequest, at: Place, name: string, value: string): WireRequest {
  const pair = `${name}=${percentEncode(value)}`
  if (at === 'query') return { ...request, url: withQuery(request.url, pair) }
  if (at === 'header') {
    const headers = request.headers.map(([header, text]): [string, string] =>
      header === 'Authorization' ? [header, `${text}, ${name}="${percentEncode(value)}"`] : [header, text],
    )
    return { ...request, headers }
  }
  const hasType = request.headers.some(([header]) => header === 'Content-Type')
  const headers = hasType ? request.headers : [...request.headers, ['Content-Type', formType] as const]
  return { ...request, headers, body: request.body ? `${request.body}&${pair}` : pair }
}

async function send(context: Context, request: WireRequest, what: string) {
  expectRefused(await context.send(request), what)
}

export const places = casesOf('places', [
  accepted('header'),
  accepted('body'),
  accepted('query'),
  {
    id: 'initiate-body',
    title: 'A temporary credential can be requested with the parameters in a form body',
    section: '§3.5.2',
    level: 'should',
    why: 'Some clients can only send forms.',
    remedy: 'At the token endpoints, too, read the protocol parameters from header, form body and query.',
    async run(context) {
      const request = await withHardSignature((oauth) => initiation(context, { place: 'body', oauth }))
      expectCredential(await context.send(request), 'a request with its parameters in the body')
    },
  },
  {
    id: 'token-query',
    title: 'A credential can be exchanged with the parameters in the query',
    section: '§3.5.3',
    level: 'should',
    why: 'Some clients can set neither headers nor a body.',
    remedy: 'At the token endpoints, too, read the protocol parameters from header, form body and query.',
    async run(context) {
      const approved = await approvedCredential(context)
      const request = await withHardSignature((oauth) =>
        exchanging(context, approved, { place: 'query', oauth }),
      )
      expectCredential(await context.send(request), 'an exchange with its parameters in the query')
    },
  },
  {
    id: 'two-at-once',
    title: 'Protocol parameters in two places at once are refused',
    section: '§3.5',
    level: 'must',
    why: 'The provider might check one set and use the other.',
    remedy: 'Refuse a request with oauth_ parameters in more than one of header, body and query.',
    async run(context) {
      const inHeader = await protectedRequest(context)
      const inQuery = await protectedRequest(context, { place: 'query' })
      await send(context, { ...inQuery, headers: inHeader.headers }, 'two sets of protocol parameters')
      const oneMoved = withParameter(inHeader, 'query', 'oauth_version', '1.0')
      await send(context, oneMoved, 'a protocol parameter in the query beside the header parameters')
    },
  },
  repeated('repeated-in-header', 'both in the header', 'header', 'header'),
  repeated('repeated-in-query', 'both in the query', 'query', 'query'),
  repeated('repeated-in-body', 'both in the body', 'body', 'body'),
  repeated('repeated-in-header-and-query', 'in header and query', 'header', 'query'),
  repeated('repeated-in-header-and-body', 'in header and body', 'header', 'body'),
  {
    id: 'body-of-another-type',
    title: 'Protocol parameters in a body that is not a form are ignored',
    section: '§3.5.2',
    level: 'must',
    why: 'A body that is not a form is not signed, so it must not be used as one.',
    remedy: 'Read the body only where Content-Type is application/x-www-form-urlencoded.',
    async run(context) {
      const method = await requireMethod(context, 'POST')
      const request = await protectedRequest(context, { place: 'body', method, contentType: 'text/plain' })
      await send(context, request, 'protocol parameters in a body of type text/plain')
    },
  },
])
