import { casesOf, type GroupCase } from '../conformance-case.ts'
import { expectAccepted } from '../expectations.ts'
import { protectedRequest } from '../flow/steps.ts'
import { withQuery } from '../http/message.ts'
import { pairsOfUrl } from '../signing.ts'
import { Skip } from '../verdict.ts'
import { requireMethod } from './resource-methods.ts'
import { sentForms } from './sent-forms.ts'
import { sentQueries } from './sent-parameters.ts'
import { tampered } from './tampered.ts'

export const encodings = casesOf('encodings', [
  ...[...sentQueries, ...sentForms].map(
    ({ query = '', method, pairs, form, contentType, ...texts }): GroupCase => {
      const { id, title, why, section = '§3.4.1.3.1', level = 'must' } = texts
      return {
        ...{ id, title, why, section, level },
        remedy:
          'Make the base string of the raw query and form: split at &, then at the first =, decode once, encode as §3.6 says, sort.',
        async run(context) {
          const draft = {
            method: method === undefined ? 'GET' : await requireMethod(context, method),
            url: withQuery(context.target.resource, query),
            pairs: [...pairsOfUrl(context.target.resource), ...pairs],
            form,
            ...(contentType === undefined ? {} : { contentType }),
          }
          expectAccepted(
            await context.send(await protectedRequest(context, draft)),
            `${query} ${form ?? ''}`.trim(),
          )
        },
      }
    },
  ),
  ...tampered,
  {
    id: 'host-case',
    title: 'A host in capitals is signed in lower case',
    section: '§3.4.1.2',
    level: 'must',
    why: 'Hosts are the same in both cases.',
    remedy: 'Bring scheme and host into lower case in the base string.',
    async run(context) {
      const { host } = new URL(context.target.resource)
      const capitals = host.toUpperCase()
      if (capitals === host || host.startsWith('[')) throw new Skip('the host of the resource has no letters')
      const headers = [['Host', capitals]] as const
      expectAccepted(await context.send(await protectedRequest(context, { headers })), `Host: ${capitals}`)
    },
  },
  {
    id: 'default-port',
    title: 'The default port is left out of the base string',
    section: '§3.4.1.2',
    level: 'must',
    why: 'Some clients write it into the Host header, others do not.',
    remedy: 'Leave out :80 of http and :443 of https in the base string.',
    async run(context) {
      const { hostname, port, protocol } = new URL(context.target.resource)
      if (port !== '') throw new Skip('the provider does not listen on a default port')
      const headers = [['Host', `${hostname}:${protocol === 'https:' ? 443 : 80}`]] as const
      expectAccepted(
        await context.send(await protectedRequest(context, { headers })),
        'a Host with the default port',
      )
    },
  },
])
