import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { available, programs, type ServiceName } from '../../../packages/countersign/test/services.ts'
import { allowBrokenPipe } from '../../support/broken-pipe.ts'
import type { Capture, Sent } from './capture.ts'
import { type Client, credentials, rsaKeys, type Trial } from './mistake.ts'

/** A request that a client's program is told to send. */
interface Told extends Omit<Trial, 'send'> {
  /** GET unless told otherwise. */
  readonly method?: 'GET' | 'POST' | 'PUT'
  /** What follows the name of the request: a path and a query. */
  readonly rest?: string
  /** The host in the place of the capture, which is then a proxy. */
  readonly origin?: string
  /** A form, as text or as fields. */
  readonly form?: string
  readonly fields?: readonly (readonly [name: string, value: string])[]
  /** What else the program has to know. */
  readonly more?: Readonly<Record<string, unknown>>
}

interface ForeignClient {
  readonly name: string
  readonly needs: ServiceName
  readonly command: string
  /** The program, and what it calls the client. */
  readonly file: string
  readonly id: string
  readonly told: readonly Told[]
}

const onDefaultPort = { origin: 'http://api.example.com:80' }
/** Raw, `.` stands before `/`, and `1` before `[`; encoded, it is the other way round. */
const alikeUpToAnEscape = 'a.b=1&a%2Fb=2'
const post = { method: 'POST' } as const

const foreign: readonly ForeignClient[] = [
  {
    ...{ name: 'LWP::Authen::OAuth (Perl)', needs: 'perl-oauth', command: programs.perl },
    ...{ file: 'clients.pl', id: 'LWP::Authen::OAuth' },
    told: [
      {
        what: 'names alike up to an escape',
        causes: ['sorted-before-encoding'],
        rest: `/e?${alikeUpToAnEscape}`,
      },
      { what: 'text outside ASCII', causes: ['utf8-encoded-twice'], rest: '/e?q=%C3%BC' },
      {
        what: 'a query beside a form',
        causes: ['query-left-out-beside-form'],
        ...post,
        rest: '/e?a=1',
        form: 'b=2',
      },
      { what: 'a form by PUT', causes: ['form-left-out'], method: 'PUT', rest: '/e', form: 'b=2' },
      { what: 'repeats', causes: ['repeats-unsorted'], rest: '/e?tag=c&tag=a&tag=b' },
      { what: 'a query', causes: [], rest: '/e?q=a%20b!&a=1&a-b=2&f%5Bid%5D=1' },
      { what: 'a form', causes: [], ...post, rest: '/e', form: 'q=a+b&c=%26' },
    ],
  },
  {
    ...{ name: 'Net::OAuth (Perl)', needs: 'perl-oauth', command: programs.perl },
    ...{ file: 'clients.pl', id: 'Net::OAuth' },
    told: [
      { what: 'a name that begins another', causes: ['sorted-as-joined-pairs'], rest: '/e?a=1&a-b=2' },
      {
        what: 'a name that begins another, in a form',
        causes: ['sorted-as-joined-pairs'],
        ...post,
        rest: '/e',
        form: 'id=1&id2=2',
      },
      { what: 'the default port', causes: ['default-port-kept'], ...onDefaultPort, rest: '/e' },
      {
        what: 'repeats',
        causes: ['repeat-dropped'],
        rest: '/e?tag=b&tag=a',
      },
      { what: 'text outside ASCII', causes: ['utf8-encoded-twice'], rest: '/e?q=%C3%BC' },
      { what: 'a query', causes: [], rest: '/e?q=a%20b!&f%5Bid%5D=1&a/b=2' },
      { what: 'a form', causes: [], ...post, rest: '/e?a=1', form: 'q=a%20b&c=%26' },
    ],
  },
  {
    ...{ name: 'WWW::OAuth (Perl)', needs: 'perl-oauth', command: programs.perl },
    ...{ file: 'clients.pl', id: 'WWW::OAuth' },
    told: [
      { what: 'the default port', causes: ['default-port-kept'], ...onDefaultPort, rest: '/e' },
      {
        what: 'an RSA key',
        causes: ['signature-not-base64'],
        rest: '/e',
        more: { privateKey: rsaKeys.privateKey },
      },
      { what: 'a query', causes: [], rest: `/e?q=%C3%BC!&a=1&a-b=2&tag=b&tag=a&${alikeUpToAnEscape}` },
      { what: 'a form', causes: [], ...post, rest: '/e?a=1', form: 'q=a+b&a=0' },
    ],
  },
  {
    ...{ name: 'oauth (Ruby)', needs: 'ruby-oauth', command: programs.ruby, file: 'clients.rb', id: 'oauth' },
    told: [
      {
        what: 'names alike up to an escape',
        causes: ['sorted-before-encoding'],
        rest: `/e?${alikeUpToAnEscape}`,
      },
      { what: 'brackets', causes: ['sorted-before-encoding'], rest: '/e?a1=1&a%5B1%5D=2' },
      {
        // It sends the query in the form again, twice, and signs it but twice.
        what: 'a query beside parameters in the form',
        causes: ['query-left-out-beside-form'],
        ...post,
        rest: '/e?a=1',
        form: 'b=2',
        more: { scheme: 'body' },
      },
      { what: 'a query', causes: [], rest: '/e?q=%C3%BC!&a=1&a-b=2&tag=b&tag=a' },
      { what: 'a form', causes: [], ...post, rest: '/e?a=1', form: 'q=a+b&a=0' },
    ],
  },
  {
    ...{ name: 'Signet (Ruby)', needs: 'signet', command: programs.ruby, file: 'clients.rb', id: 'signet' },
    told: [
      { what: 'a name that begins another', causes: ['sorted-as-joined-pairs'], rest: '/e?a=1&a-b=2' },
      {
        what: 'a form',
        causes: ['header-parameters-signed-once'],
        ...post,
        rest: '/e',
        form: 'q=a%20b&c=1',
      },
      {
        what: 'PLAINTEXT',
        causes: ['plaintext-encoded-twice'],
        rest: '/e',
        more: { signatureMethod: 'PLAINTEXT' },
      },
      { what: 'a query', causes: [], rest: '/e?q=%C3%BC%21&tag=b&tag=a' },
    ],
  },
  {
    ...{ name: 'oauth (PHP)', needs: 'php-oauth', command: programs.php, file: 'clients.php', id: 'oauth' },
    told: [
      {
        what: 'names alike up to an escape',
        causes: ['sorted-before-encoding'],
        rest: `/e?${alikeUpToAnEscape}`,
      },
      {
        what: 'repeats',
        causes: ['repeat-dropped'],
        rest: '/e?tag=b&tag=a',
      },
      {
        what: 'a name in query and form',
        causes: ['repeat-dropped'],
        ...post,
        rest: '/e?a=1&b=2',
        fields: [
          ['a', '2'],
          ['c', '3'],
        ],
      },
      { what: 'a query', causes: [], rest: '/e?q=%C3%BC!&a=1&a-b=2&f%5Bid%5D=1' },
      {
        what: 'a form',
        causes: [],
        ...post,
        rest: '/e?a=1',
        fields: [
          ['q', 'a b'],
          ['c', '&'],
        ],
      },
    ],
  },
  {
    ...{
      name: 'oauth of tcllib (Tcl)',
      needs: 'tcl-oauth',
      command: programs.tcl,
      file: 'clients.tcl',
      id: 'oauth',
    },
    told: [
      { what: 'a query', causes: ['question-mark-in-name'], rest: '/e?q=1' },
      { what: 'the default port', causes: ['default-port-kept'], ...onDefaultPort, rest: '/e' },
      { what: 'numbers', causes: ['repeats-unsorted'], ...post, rest: '/e', form: 'n=10&n=9' },
      { what: 'capitals', causes: ['sorted-by-locale'], ...post, rest: '/e', form: 'a=1&B=2&c=3' },
      { what: 'a form', causes: [], ...post, rest: '/e', form: 'b=1&q=a%20b&tag=a&tag=b' },
    ],
  },
  {
    ...{
      name: 'Web.Auth.OAuth (Pike)',
      needs: 'pike-oauth',
      command: programs.pike,
      file: 'clients.pike',
      id: 'oauth',
    },
    told: [
      // It sends the query of the address twice, and signs it once.
      { what: 'a query', causes: ['repeat-dropped'], rest: '/e?q=1' },
      {
        what: 'names alike up to an escape',
        causes: ['sorted-before-encoding'],
        rest: '/e',
        fields: [
          ['a.b', '1'],
          ['a/b', '2'],
        ],
      },
      {
        what: 'a query of parameters',
        causes: [],
        rest: '/e',
        fields: [
          ['q', 'a b'],
          ['a', '1'],
          ['a-b', '2'],
        ],
      },
    ],
  },
  {
    ...{ name: 'Authlib with httpx (Python)', needs: 'authlib-httpx', command: programs.python },
    ...{ file: 'clients.py', id: 'httpx' },
    told: [
      // It sends every oauth_ parameter twice.
      {
        what: 'the protocol parameters in the query',
        causes: ['malformed-request'],
        rest: '/e',
        more: { transport: 'QUERY' },
      },
      { what: 'a form', causes: ['form-left-out'], ...post, rest: '/e', fields: [['q', 'a b']] },
      { what: 'a query', causes: [], rest: `/e?q=%C3%BC%21&a=1&a-b=2&tag=b&tag=a&${alikeUpToAnEscape}` },
    ],
  },
  {
    ...{
      name: 'Authlib (Python)',
      needs: 'authlib-httpx',
      command: programs.python,
      file: 'clients.py',
      id: 'authlib',
    },
    told: [
      {
        what: 'a callback with an escape',
        causes: ['values-decoded-twice'],
        ...post,
        rest: '/e',
        isWithoutToken: true,
        more: { callback: 'https://client.example.com/?a=b%20c' },
      },
      {
        what: 'a callback',
        causes: [],
        ...post,
        rest: '/e',
        isWithoutToken: true,
        more: { callback: 'https://client.example.com/?a=b&c=d' },
      },
    ],
  },
  {
    ...{
      name: 'oauthlib (Python)',
      needs: 'oauthlib',
      command: programs.python,
      file: 'clients.py',
      id: 'oauthlib',
    },
    told: [
      {
        what: 'a callback with an escape',
        causes: ['values-decoded-twice'],
        ...post,
        rest: '/e',
        isWithoutToken: true,
        more: { callback: 'https://client.example.com/?a=b%20c', transport: 'QUERY' },
      },
      {
        what: 'a callback',
        causes: [],
        ...post,
        rest: '/e',
        isWithoutToken: true,
        more: { callback: 'https://client.example.com/?a=b&c=d', transport: 'QUERY' },
      },
    ],
  },
]

/** Those that are installed here; of the others the run says how to get them. */
export async function debianClients(capture: Capture): Promise<Client[]> {
  const present: Client[] = []
  for (const client of foreign) if (await available(client.needs)) present.push(driven(client, capture))
  return present
}

/** All requests are sent by one run of the program, at the first that is asked for. */
function driven({ name, command, file, id, told }: ForeignClient, capture: Capture): Client {
  const nameOf = (at: number) => `${id.replace(/\W+/g, '-')}-${file.replace('clients.', '')}-${at}`
  const requests = told.map(
    ({ method = 'GET', rest = '', origin = capture.origin, form, fields, more }, at) => ({
      ...{ client: id, method, url: `${origin}/${nameOf(at)}${rest}`, form, fields, ...more },
    }),
  )
  let run: Promise<string> | undefined
  const send = async (at: number): Promise<Sent> => {
    run ??= runProgram(command, file, { credentials, port: capture.port, requests }, capture.origin)
    const stderr = await run
    const [sent, ...others] = capture.sent(nameOf(at))
    if (sent === undefined || others.length > 0)
      throw new Error(`${name} sent ${others.length + (sent ? 1 : 0)} requests ${nameOf(at)}: ${stderr}`)
    return sent
  }
  return { name, trials: told.map((trial, at) => ({ ...trial, send: () => send(at) })) }
}

/** Returns what the program says on standard error, for the case that a request of it is missing. */
async function runProgram(command: string, file: string, input: unknown, proxy: string): Promise<string> {
  const env = { ...process.env, http_proxy: proxy, no_proxy: '127.0.0.1' }
  const child = spawn(command, [fileURLToPath(new URL(file, import.meta.url))], { env })
  allowBrokenPipe(child.stdin)
  child.stdin.end(JSON.stringify(input))
  child.stdout.resume()
  const [stderr] = await Promise.all([text(child.stderr), once(child, 'close')])
  return stderr
}
