import type { IncomingMessage } from 'node:http'
import process from 'node:process'
import { text } from 'node:stream/consumers'
import { type Command, ExitStatus } from '../command.ts'
import { send } from '../http-client.ts'
import { secretNotes } from '../secret.ts'
import { signedRequest } from '../signed-request.ts'
import { type SigningTask, signingOptions, signingTask, urlArgument } from '../signing-options.ts'
import { showSigning, warnOfPlaintext } from '../verbose.ts'

export const request: Command = {
  name: 'request',
  summary: 'Sign a request, send it, and print the response',
  options: [
    ...signingOptions,
    { flags: '--include', short: '-i', summary: 'Print status and headers before the body' },
  ],
  argument: urlArgument,
  notes: `${secretNotes}
Redirects are not followed: the signature is not valid for another address.

Exit codes: 0 for a response below 400, 1 for any other or none, 2 for a wrong command line.`,
  examples: [
    'request --key KEY https://api.example.com/photos',
    'request --key KEY --token TOKEN --place body -d size=large https://api.example.com/photos',
  ],
  async run(given) {
    const task = await signingTask(given)
    const signed = signedRequest(task.signing, task.unsigned)
    const { method, url, authorization, form } = signed
    warnOfPlaintext(given, url)
    showSigning(given, signed)
    const body = form ?? task.content
    const response = await send({ method, url, headers: headersOf(task, authorization, body), body })
    const { statusCode: status = 0 } = response
    if (given['json'] === true) {
      const { headers } = response
      process.stdout.write(`${JSON.stringify({ status, headers, body: await text(response) })}\n`)
    } else await show(response, given['include'] === true)
    if (status >= 400) throw new ExitStatus(1)
  },
}

function headersOf(
  { headers, unsigned }: SigningTask,
  authorization: string | undefined,
  body: string | undefined,
): Record<string, string | string[]> {
  const lists = new Map<string, string[]>()
  const add = (name: string, value: string) => {
    const key = name.toLowerCase()
    lists.set(key, [...(lists.get(key) ?? []), value])
  }
  for (const [name, value] of headers) add(name, value)
  if (authorization !== undefined) add('authorization', authorization)
  const isForm = unsigned.form !== undefined || unsigned.place === 'body'
  if (body !== undefined && isForm && !lists.has('content-type')) {
    add('content-type', 'application/x-www-form-urlencoded')
  }
  return Object.fromEntries(
    Array.from(lists, ([name, values]) => [name, values.length === 1 ? (values[0] as string) : values]),
  )
}

/** The status goes to standard error, unless `--include` was given: standard output stays free for the body. */
async function show(response: IncomingMessage, include: boolean): Promise<void> {
  const { httpVersion, statusCode, statusMessage, rawHeaders } = response
  const status = `HTTP/${httpVersion} ${statusCode} ${statusMessage}`.trimEnd()
  if (include) {
    const headers = rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [`${name}: ${rawHeaders[at + 1]}`] : []))
    process.stdout.write(`${[status, ...headers].join('\n')}\n\n`)
  } else process.stderr.write(`${status}\n`)
  let last = ''
  for await (const chunk of response as AsyncIterable<Buffer>) {
    process.stdout.write(chunk)
    last = chunk.toString('latin1').slice(-1)
  }
  if (process.stdout.isTTY && last !== '' && last !== '\n') process.stdout.write('\n')
}
