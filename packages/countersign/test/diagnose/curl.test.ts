import { execFile, execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { parseRequestText } from 'countersign/diagnose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { available } from '../services.ts'

interface Seen {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string
}

describe.skipIf(!(await available('curl')))('a curl command', () => {
  const requests: Seen[] = []
  const server = createServer(async (req, res) => {
    const { method = '', url = '', headers } = req
    requests.push({
      method,
      url: `http://${headers.host}${url}`,
      headers: headers as Seen['headers'],
      body: await text(req),
    })
    res.end()
  })
  let url = ''
  beforeAll(async () => {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => server.close())

  it.each([
    "'URL/a?b=1&c=2'",
    'URL/a?b=1&c=2',
    'URL',
    'URL?x=1',
    "'URL/a#frag'",
    "'URL/a/../b/./c/.?d=/../'",
    "--path-as-is 'URL/a/../b'",
    '-- URL/x',
    'URL | cat',
    'URL 2>/dev/null',
    'URL # -d a=1',
    'URL; true -d a=1',
    "URL/$'it\\'s\\x21'",
    '-d a=1 URL',
    "-d a=1 -d 'b=2&c' URL",
    "-d '' URL",
    "-d $'a\\nb=1' URL",
    "--data-raw '@x' URL",
    "--data-urlencode 'a=b c' --data-urlencode '=b=c' --data-urlencode 'b c' URL",
    "--data-urlencode 'a=ü*~!()+' URL",
    "-G -d a=1 -d b=2 'URL/?c=3'",
    "-G --data-urlencode 'a=b c' URL",
    '-d a=1 -G -I URL',
    '-I URL/x',
    '-I -X OPTIONS URL',
    '-XPUT URL',
    '-sXPUT -Hx:1 URL',
    '-d a=1 -X GET URL',
    '-F a=1 -F "b=2 3" URL',
    '--form-string a=@x URL',
    "-H 'A: 1' -H 'a: 2' URL",
    "-H 'A;' -H 'Content-Type:' -d a=1 URL",
    "-H 'Content-Type: text/plain' -d a=1 URL",
    "-H 'Host: other.example:99' URL/x?y",
    "-u anna:pw -H 'Authorization: OAuth x' URL",
    '--oauth2-bearer T -A agent -e http://x.example -b "c=d; e=f" URL',
    '--request-target /other?x URL/y',
    '--compressed --max-time 5 -k -s -o /dev/null URL',
    '--retry 1 --connect-timeout 3 -4 -sSL URL',
    '-X POST \\\n -H "A: \\$1 \\" \\x" \\\n URL',
  ])('%s is read as what curl sends', async (args) => {
    const command = `curl ${args.replaceAll('URL', url)}`
    requests.length = 0
    await promisify(execFile)('bash', ['-c', command]).catch(() => {})
    const [seen] = requests
    const { request, content } = parseRequestText(command)
    const got = { method: request.method, url: request.url.replace(/^(http:\/\/[^/?]+)(?=\?|$)/, '$1/') }
    const body = request.body ?? content ?? ''
    expect({ ...got, body: withoutBoundary(body) }).toEqual({
      method: seen?.method,
      url: seen?.url,
      body: withoutBoundary(seen?.body ?? ''),
    })
    const joined = Object.entries(request.headers).map(([name, value]) => [
      name,
      withoutBoundary([value].flat().join(', ')),
    ])
    const sent = joined.map(([name = '']) => [name, withoutBoundary(seen?.headers[name] ?? '')])
    expect(joined).toEqual(sent)
    expect(request.headers['content-type'] === undefined).toBe(seen?.headers['content-type'] === undefined)
  })

  it('is split into words as a shell does', () => {
    const words = String.raw`-H 'A: 1'"2"\3 -H "B: \x \\ \"" -H $'C: \t\101\x41\u0041\e' -H 'D: '$'\'' -H "E: a\
b"`
    const printed = execFileSync('bash', ['-c', `printf '%s\\0' ${words}`], { encoding: 'utf8' })
    const values = printed.split('\0').filter((word) => /^[A-E]: /.test(word))
    const { headers } = parseRequestText(`curl https://a.example ${words}`).request
    expect(Object.values(headers)).toEqual(values.map((value) => value.slice(3).trim()))
    expect(values).toHaveLength(5)
  })
})

/** Which boundary curl makes up does not matter. */
function withoutBoundary(text: string): string {
  return text
    .replace(/-{10,}[0-9a-zA-Z]+|countersign-boundary/g, 'boundary')
    .replace(/-+boundary/g, 'boundary')
}
