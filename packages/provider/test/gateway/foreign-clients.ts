import { programs, type ServiceName } from '../../../countersign/test/services.ts'
import { type ForeignRequestName, foreignRequests } from './foreign-requests.ts'
import { nodeOauth, oauth1a, program, type Send } from './foreign-senders.ts'

/** A client that others wrote. */
export interface ForeignClient {
  readonly name: string
  readonly needs: readonly ServiceName[]
  readonly send: Send
  /** What it can send and sign. */
  readonly passing: readonly ForeignRequestName[]
  /** What it signs otherwise than RFC 5849 has it, or frames otherwise than the extension for body hashes has it. */
  readonly refused: readonly ForeignRequestName[]
}

const all = Object.keys(foreignRequests) as ForeignRequestName[]
const without = (...names: readonly ForeignRequestName[]) => all.filter((name) => !names.includes(name))
const { python, ruby, php, perl, tcl } = programs

export const foreignClients: readonly ForeignClient[] = [
  {
    ...{ name: 'oauth-1.0a (npm)', needs: [], send: oauth1a },
    passing: without('a query of other letters', 'a form beside a query', 'a form of fields'),
    // It does not decode names, and keeps one of two equal ones in query and form.
    refused: ['a query of other letters', 'a form beside a query'],
  },
  {
    ...{ name: 'oauth (npm)', needs: [], send: nodeOauth },
    passing: [
      ...(['GET', 'POST', 'PUT', 'DELETE', 'a path of other letters', 'a path of escapes'] as const),
      ...(['a query of other letters', 'a query of escapes', 'a query of reserved characters'] as const),
      ...(['a query of a field without a value', 'a form', 'a form in ASCII', 'a form by PUT'] as const),
      ...(['a path of reserved characters', 'JSON', 'JSON by PUT'] as const),
    ],
    refused: ['a query with repeats', 'a form beside a query'],
  },
  {
    ...{ name: 'requests-oauthlib (Python)', needs: ['requests-oauthlib'] },
    send: program(python, 'clients.py', 'requests-oauthlib'),
    passing: without('a form of fields'),
    refused: [],
  },
  {
    ...{ name: 'Authlib with requests (Python)', needs: ['authlib-httpx', 'requests-oauthlib'] },
    send: program(python, 'clients.py', 'authlib-requests'),
    // It signs no exclamation mark that is not escaped.
    passing: without('a form of fields', 'a query of reserved characters'),
    refused: [],
  },
  {
    ...{ name: 'Authlib with httpx (Python)', needs: ['authlib-httpx'] },
    send: program(python, 'clients.py', 'httpx'),
    passing: without(
      ...([
        'a form',
        'a form in ASCII',
        'a form by PUT',
        'a form by PATCH',
        'a form beside a query',
      ] as const),
      ...(['a form of fields', 'a query of reserved characters'] as const),
    ),
    // It leaves forms out of the signature.
    refused: ['a form of fields'],
  },
  {
    ...{ name: 'oauth (Ruby)', needs: ['ruby-oauth'], send: program(ruby, 'clients.rb', 'oauth') },
    passing: [
      ...(['GET', 'DELETE', 'HEAD', 'a path of other letters', 'a path of reserved characters'] as const),
      ...(['a path of escapes', 'a query with repeats', 'a query of escapes'] as const),
      ...(['a query of a field without a value', 'a form in ASCII', 'JSON', 'JSON by PUT'] as const),
      // It calls no body a form, and gives its hash.
      ...(['JSON by PATCH', 'POST', 'PUT', 'PATCH'] as const),
    ],
    // It sorts names before it encodes them.
    refused: ['a query of other letters', 'a form', 'a form by PUT', 'a form beside a query'],
  },
  {
    ...{ name: 'oauth (PHP)', needs: ['php-oauth'], send: program(php, 'clients.php', 'oauth') },
    passing: without(
      ...(['a query of other letters', 'a query with repeats'] as const),
      ...([
        'a form',
        'a form in ASCII',
        'a form by PUT',
        'a form by PATCH',
        'a form beside a query',
      ] as const),
    ),
    refused: ['a query of other letters', 'a query with repeats'],
  },
  {
    ...{ name: 'LWP::Authen::OAuth (Perl)', needs: ['perl-oauth'] },
    send: program(perl, 'clients.pl', 'LWP::Authen::OAuth'),
    passing: [
      ...(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'a path of other letters'] as const),
      ...(['a path of reserved characters', 'a query of escapes', 'JSON', 'JSON by PATCH'] as const),
    ],
    // It encodes other letters twice, and reads a form only by POST.
    refused: ['a path of escapes', 'a query of other letters', 'a form', 'a form by PUT', 'JSON by PUT'],
  },
  {
    ...{ name: 'Net::OAuth (Perl)', needs: ['perl-oauth'] },
    send: program(perl, 'clients.pl', 'Net::OAuth'),
    passing: [
      ...(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'a path of other letters'] as const),
      ...(['a path of reserved characters', 'a path of escapes', 'a query of escapes', 'JSON'] as const),
      'JSON by PATCH',
    ],
    refused: ['a query of other letters', 'a query with repeats', 'a form', 'a form by PUT', 'JSON by PUT'],
  },
  {
    ...{ name: 'WWW::OAuth (Perl)', needs: ['perl-oauth'] },
    send: program(perl, 'clients.pl', 'WWW::OAuth'),
    passing: without(
      ...([
        'a query of reserved characters',
        'a query of a field without a value',
        'a form of fields',
      ] as const),
    ),
    refused: ['a query of reserved characters', 'a query of a field without a value'],
  },
  {
    ...{ name: 'oauth of tcllib (Tcl)', needs: ['tcl-oauth'], send: program(tcl, 'clients.tcl', 'oauth') },
    passing: [
      ...(['GET', 'a path of other letters', 'a path of reserved characters', 'a path of escapes'] as const),
      'a form in ASCII',
    ],
    // It takes the question mark for part of the first name.
    refused: ['a query of other letters', 'a query of escapes', 'a form'],
  },
]
