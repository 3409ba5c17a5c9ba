import { ConfigurationError, OAuth1Error } from 'countersign'
import { diagnoseSignature, parseRequestText, type RequestTextOptions } from 'countersign/diagnose'
import { describe, expect, it } from 'vitest'
import { signed } from '../../../../test/support/signer.ts'

const form = 'application/x-www-form-urlencoded'

describe('raw HTTP', () => {
  const host = 'Host: api.example.com'
  it.each<[string, string, RequestTextOptions, object]>([
    [
      'an origin form with LF',
      `GET /a?b=1 HTTP/1.1\n${host}\nAuthorization: OAuth a="b"\n\n`,
      {},
      {
        method: 'GET',
        url: 'https://api.example.com/a?b=1',
        headers: { host: 'api.example.com', authorization: 'OAuth a="b"' },
      },
    ],
    [
      'an absolute form with CRLF, which counts more than the Host header',
      `GET http://other.example:8080/a HTTP/1.1\r\n${host}\r\n\r\n`,
      {},
      { method: 'GET', url: 'http://other.example:8080/a', headers: { host: 'api.example.com' } },
    ],
    [
      'an origin that is given',
      `GET /a HTTP/1.1\n${host}`,
      { origin: 'https://public.example/v1/' },
      { method: 'GET', url: 'https://public.example/v1/a', headers: { host: 'api.example.com' } },
    ],
    [
      'this machine, which is asked over http',
      'GET /a HTTP/1.1\nHost: localhost:3000',
      {},
      { method: 'GET', url: 'http://localhost:3000/a', headers: { host: 'localhost:3000' } },
    ],
    [
      'this machine by IPv6',
      'GET /a HTTP/1.1\nHost: [::1]:3000',
      {},
      { method: 'GET', url: 'http://[::1]:3000/a', headers: { host: '[::1]:3000' } },
    ],
    [
      'a line without a version',
      'delete https://api.example.com/a',
      {},
      { method: 'delete', url: 'https://api.example.com/a', headers: {} },
    ],
    [
      'pseudo headers of HTTP/2',
      ':method: POST\n:scheme: https\n:authority: api.example.com\n:path: /a?b\naccept: */*\n\n',
      {},
      { method: 'POST', url: 'https://api.example.com/a?b', headers: { accept: '*/*' } },
    ],
    [
      'pseudo headers beside a request line',
      'GET /a HTTP/2\n:authority: api.example.com\nhost: api.example.com',
      {},
      { method: 'GET', url: 'https://api.example.com/a', headers: { host: 'api.example.com' } },
    ],
    [
      'repeated headers',
      `GET /a HTTP/1.1\n${host}\nX-A: 1\nx-a: 2`,
      {},
      { headers: { host: 'api.example.com', 'x-a': ['1', '2'] } },
    ],
    [
      'a header named like a member of every object',
      `GET /a HTTP/1.1\n${host}\n__proto__: 1`,
      {},
      { url: 'https://api.example.com/a' },
    ],
    [
      'a form, less the line break of an editor',
      `POST /a HTTP/1.1\n${host}\nContent-Type: ${form}; charset=utf-8\n\na=1&b=%20\n`,
      {},
      { method: 'POST', body: 'a=1&b=%20' },
    ],
    [
      'an indented, folded example of the RFC',
      `
     POST /request?b5=%3D%253D&a3=a&c%40=&a2=r%20b HTTP/1.1
     Host: example.com
     Content-Type: application/x-www-form-urlencoded
     Authorization: OAuth realm="Example",
                    oauth_consumer_key="9djdj82h48djs9d2"

     c2&a3=2+q
`,
      {},
      {
        method: 'POST',
        url: 'https://example.com/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b',
        headers: {
          host: 'example.com',
          'content-type': form,
          authorization: 'OAuth realm="Example", oauth_consumer_key="9djdj82h48djs9d2"',
        },
        body: 'c2&a3=2+q',
      },
    ],
    [
      'what curl -v prints',
      '*   Trying 127.0.0.1:80...\n> GET /a HTTP/1.1\r\n> Host: localhost\r\n> \r\n< HTTP/1.1 200 OK\r\n< Date: x\r\n',
      {},
      { method: 'GET', url: 'http://localhost/a', headers: { host: 'localhost' } },
    ],
  ])('reads %s', (_, text, options, expected) => {
    expect(parseRequestText(text, options).request).toMatchObject(expected)
  })

  it.each([
    ['a body that is not a form', 'application/json', '{"a":1}', '{"a":1}'],
    ['its line break where the length counts it', 'text/plain\nContent-Length: 3', 'ü\n', 'ü\n'],
    ['less one that the length does not count', 'text/plain\nContent-Length: 2', 'ü\n', 'ü'],
  ])('gives as content %s', (_, type, body, content) => {
    const read = parseRequestText(`POST /a HTTP/1.1\nHost: a.example\nContent-Type: ${type}\n\n${body}`)
    expect(read.content).toBe(content)
    expect(read.request.body).toBeUndefined()
  })

  it('says which scheme it assumed', () => {
    expect(parseRequestText('GET /a HTTP/1.1\nHost: a.example').notes).toEqual([
      expect.stringContaining('https was assumed'),
    ])
    expect(parseRequestText('GET http://a.example/a').notes).toEqual([])
  })
})

describe('a curl command', () => {
  const url = 'https://a.example/x'
  it.each<[string, string, object]>([
    ['a URL alone', `curl ${url}`, { method: 'GET', url, headers: {} }],
    ['a prompt and a path', `$ /usr/bin/curl '${url}?a=1&b=2'`, { method: 'GET', url: `${url}?a=1&b=2` }],
    ['a URL without a scheme', 'curl a.example', { url: 'http://a.example' }],
    ['a fragment, which is not sent', `curl ${url}#top`, { url }],
    [
      'headers in every kind of quotes',
      `curl ${url} -H 'A: '\\''1'\\''' --header "B: \\"2\\" \\$" -H $'C: \\u00fc\\x21\\'\\\\' -HD:4 -H E\\:\\ 5`,
      { headers: { a: "'1'", b: '"2" $', c: "ü!'\\", d: '4', e: '5' } },
    ],
    ['UTF-8 in octets', `curl ${url} -H $'A: \\xc3\\xbc\\303\\274'`, { headers: { a: 'üü' } }],
    [
      'lines that go on, also where white space follows the mark',
      `curl \\\n  '${url}' \\ \n  -X PUT \\\r\n  -H 'A: 1'\n`,
      { method: 'PUT', url, headers: { a: '1' } },
    ],
    ['a forgotten mark', `curl ${url}\n  -X PUT`, { method: 'PUT' }],
    ['attached and joined options', `curl -sSLXPUT -HA:1 ${url}`, { method: 'PUT', headers: { a: '1' } }],
    ['a form', `curl -d a=1 --data 'b=2 3' ${url}`, { method: 'POST', body: 'a=1&b=2 3' }],
    [
      'values to encode',
      `curl --data-urlencode 'a=ü b' --data-urlencode '=c d' --data-urlencode 'e f' ${url}`,
      { body: 'a=%C3%BC+b&c+d&e+f' },
    ],
    ['a body with an at sign', `curl --data-raw @a ${url}`, { body: '@a' }],
    ['-G', `curl -G -d a=1 -d b=2 '${url}?c=3'`, { method: 'GET', url: `${url}?c=3&a=1&b=2` }],
    ['--url-query', `curl --url-query 'a=b c' --url ${url}`, { url: `${url}?a=b+c` }],
    ['-I', `curl -I ${url}`, { method: 'HEAD' }],
    ['-I with -X', `curl -I -X OPTIONS ${url}`, { method: 'OPTIONS' }],
    [
      'headers with options of their own',
      `curl -A agent -e https://b.example -b 'c=d' --oauth2-bearer T ${url}`,
      { headers: { 'user-agent': 'agent', referer: 'https://b.example', cookie: 'c=d' } },
    ],
    [
      'options with arguments that change nothing',
      `curl -o out --max-time 5 --compressed -x proxy:80 --retry 3 -k ${url}`,
      { method: 'GET', url },
    ],
    [
      'a Host header',
      `curl -H 'Host: b.example:81' 'http://127.0.0.1/x?y'`,
      { url: 'http://b.example:81/x?y' },
    ],
    [
      'a removed and an empty header',
      `curl -H 'Content-Type:' -H 'A;' -d a=1 ${url}`,
      { headers: { a: '' } },
    ],
    ['repeated headers', `curl -H 'A: 1' -H 'a: 2' ${url}`, { headers: { a: ['1', '2'] } }],
    ['--path-as-is', `curl --path-as-is https://a.example/x/../y`, { url: 'https://a.example/x/../y' }],
    ['the end at a pipe', `curl ${url} | jq .`, { url }],
    ['the end at a redirection', `curl ${url} 2>/dev/null`, { url }],
    ['what follows a double dash', `curl -s -- ${url}`, { url }],
    [
      "Windows' command shell, as Chrome writes it",
      `curl ^"https://a.example/x?a=1^&b=^%^20^" ^\r\n  -H ^"A: ^\\^"1^\\^"^" ^\r\n  --data-raw ^"c=d^"`,
      { method: 'POST', url: 'https://a.example/x?a=1&b=%20', headers: { a: '"1"' }, body: 'c=d' },
    ],
    ["Windows' command shell, as it was", `curl "${url}" ^\r\n -H "A: ""1"""`, { headers: { a: '"1"' } }],
  ])('reads %s', (_, text, expected) => {
    expect(parseRequestText(text).request).toMatchObject(expected)
  })

  it.each([
    ['a body of another type', `-H 'content-type: application/json' -d '{"a":1}'`, '{"a":1}'],
    ['--json in pieces', `--json '{"a":' --json '1}'`, '{"a":1}'],
    [
      'a multipart form without its files',
      '-F a=1 -F b=@photo.jpg',
      expect.stringMatching(/name="a"\r\n\r\n1\r\n.*filename/s),
    ],
  ])('gives as content %s', (_, options, content) => {
    const read = parseRequestText(`curl https://a.example ${options}`)
    expect(read).toMatchObject({ content, request: { method: 'POST' } })
    expect(read.request.body).toBeUndefined()
  })

  it.each([
    ['-L', 'redirects'],
    ['-u anna:pa55word', 'Basic'],
    ['?a=1&b=2', 'The command ends at an "&"'],
  ])('notes %s', (option, note) => {
    const { notes } = parseRequestText(`curl https://a.example/${option.startsWith('?') ? '' : ' '}${option}`)
    expect(notes.join()).toContain(note)
    expect(notes.join()).not.toContain('pa55word')
  })
})

describe('JSON', () => {
  const request = { method: 'POST', url: 'https://a.example/x', headers: { A: '1', B: ['2', '3'] } }
  const har = {
    request: {
      method: 'POST',
      url: 'https://a.example/x',
      headers: [
        { name: ':method', value: 'POST' },
        { name: 'Content-Type', value: form },
      ],
      postData: { mimeType: form, text: 'a=1', params: [{ name: 'a', value: '1' }] },
    },
    response: {},
  }
  const read = { method: 'POST', url: 'https://a.example/x', headers: { 'content-type': form }, body: 'a=1' }
  it.each<[string, unknown, object]>([
    ['a request', request, { method: 'POST', headers: { a: '1', b: ['2', '3'] } }],
    ['a URL alone', { url: 'https://a.example/x' }, { method: 'GET', url: 'https://a.example/x' }],
    ['a path with a host', { url: '/x', headers: { host: 'a.example' } }, { url: 'https://a.example/x' }],
    ['pairs of headers', { url: 'https://a.example/', headers: [['A', '1']] }, { headers: { a: '1' } }],
    ['an entry of a HAR', har, read],
    ['a list of one entry', [har], read],
    ['a HAR of one entry', { log: { entries: [har] } }, read],
    [
      'a HAR without the text of the form',
      { ...har.request, headers: [], postData: { mimeType: form, params: [{ name: 'a', value: 'b c' }] } },
      { headers: { 'content-type': form }, body: 'a=b%20c' },
    ],
    [
      'a HAR with a field without a value, and one that is a number',
      { ...har.request, postData: { mimeType: form, params: [{ name: 'a' }, { name: 'b', value: 1 }] } },
      { body: 'a=&b=1' },
    ],
  ])('reads %s', (_, value, expected) => {
    expect(parseRequestText(JSON.stringify(value, null, 2)).request).toMatchObject(expected)
  })

  it('reads a call of fetch as a browser copies it', () => {
    const options = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"a":")"}' }
    const text = `await fetch("https://a.example/x", ${JSON.stringify(options, null, 2)});\n`
    expect(parseRequestText(text)).toMatchObject({
      request: { method: 'POST', url: 'https://a.example/x' },
      content: '{"a":")"}',
    })
  })
})

describe('what cannot be read', () => {
  it.each([
    ['', 'The text is empty'],
    ['hello', 'expected a line such as "GET /photos HTTP/1.1"'],
    ['HTTP/1.1 200 OK\nA: b', 'This is a response'],
    ['GET /a HTTP/1.1', 'names no host'],
    ['GET /a HTTP/1.1\nHost: a.example\nno header', 'Header 2 cannot be read'],
    ['GET /a HTTP/1.1\nHost: a b', 'space or a control character'],
    [
      'POST / HTTP/1.1\nHost: a.example\nTransfer-Encoding: chunked\n\n3\nabc\n0\n\n',
      'The body is still in chunks',
    ],
    [':method: GET', 'has no :path'],
    ['curl', 'The command has no URL'],
    ['curl https://a.example https://b.example', 'more than one URL'],
    ['curl https://a.example --next https://b.example', 'several requests'],
    ["curl 'https://a.example", "A quote (') of the command is not closed"],
    ['curl "https://a.example', 'A quote (") of the command is not closed'],
    ["curl $'https://a.example", "A quote ($') of the command is not closed"],
    ['curl https://a.example -H "Authorization: $TOKEN"', 'the variable $TOKEN'],
    ['curl https://a.example -H "A: $(cat secret)"', 'a "$" that the shell would replace'],
    ['curl https://a.example -H `cat secret`', 'a "`" that the shell would replace'],
    ['curl https://a.example -d @body.txt', 'takes a file (--data)'],
    ['curl https://a.example --data-urlencode a@body.txt', 'takes a file (--data-urlencode)'],
    ['curl https://a.example -F "a=<body.txt"', 'takes a file (--form)'],
    ['curl https://a.example -H @headers.txt', 'takes a file (--header)'],
    ['curl https://a.example -T photo.jpg', 'takes a file (--upload-file)'],
    ['curl -K settings', 'takes a file (--config)'],
    ['curl https://a.example -H', 'The option --header has no value'],
    ['curl https://a.example -H nonsense', 'expected "Name: value"'],
    ['curl ftp://a.example', 'must begin with "/", "https://" or "http://"'],
    ["curl -X 'a b' https://a.example", 'The method of the request must be one word'],
    ['{', 'is not valid JSON'],
    ['[1]', 'must be an object'],
    ['[{}, {}]', 'The text holds 2 requests'],
    ['{"log": {"entries": []}}', 'The text holds 0 requests'],
    ['{"a": 1}', 'The JSON holds no request'],
    ['{"url": "https://a.example/", "method": 1}', 'The method of the request must be text'],
    ['{"url": "https://a.example/", "headers": "x"}', 'The headers must be'],
    ['{"url": "https://a.example/", "body": {"a": 1}}', 'The body must be the text'],
    ...['{"name":"a","value":{"toString":1}}', '{"name":["a"],"value":"1"}', '{"value":"1"}', '1'].map(
      (param) => [
        `{"url":"https://a.example/","method":"POST","postData":{"params":[${param}]}}`,
        'The params must be',
      ],
    ),
    ['fetch(url)', 'The call of fetch cannot be read'],
  ])('%j is refused with the reason', (text, why) => {
    const error = errorOf(() => parseRequestText(text))
    expect(error).toBeInstanceOf(OAuth1Error)
    expect(error).toMatchObject({ code: 'invalid_request', description: expect.stringContaining(why) })
  })

  it('is an origin that is none, or has a query', () => {
    for (const origin of ['api.example.com', 'https://api.example.com?x', 'ftp://x'])
      expect(() => parseRequestText('GET / HTTP/1.1', { origin })).toThrow(ConfigurationError)
  })

  it('is too much text', () => {
    const error = errorOf(() => parseRequestText('x'.repeat(101), { maxLength: 100 }))
    expect(error).toMatchObject({ code: 'request_too_large' })
  })
})

it.each([
  ['spaces', ' '],
  ['line breaks', '\n'],
  ['lines that are indented', '\n   \t'],
  ['carets', ' ^'],
  ['carets and quotes', ' ^"'],
  ['backslashes', '\\ '],
  ['quotes', `''""`],
  ['escapes', "$'\\x41'"],
  ['options', ' -sH a:b'],
  ['queries', ' --url-query a=b'],
  ['data', ' -d a=b'],
  ['headers', 'a: b\n'],
  ['folded lines', '\n x'],
  ['objects', '{"log":'],
  ['lists', '[['],
  ['lines of a trace', '> a b\n'],
])('reads half a million characters of %s', (_, piece) => {
  const many = piece.repeat(500_000 / piece.length)
  for (const text of [many, `curl https://a.example ${many}`, `GET / HTTP/1.1\nHost: a\n${many}`]) {
    // Were the work quadratic, it would not end within the time of a test.
    expect(errorOf(() => parseRequestText(text)) ?? 'read').toSatisfy(
      (result) => result === 'read' || result instanceof OAuth1Error,
    )
  }
})

it('any text gives a request or an OAuth1Error', () => {
  const signs = [
    'curl ',
    'GET / HTTP/1.1\n',
    '{',
    '"',
    "'",
    '\\',
    '$',
    '\n',
    ' ',
    '-H',
    ':',
    'a',
    '/',
    '@',
    '^',
    '\ud800',
  ]
  let seed = 7
  for (let round = 0; round < 3_000; round++) {
    let text = ''
    for (let at = 0; at < 12; at++) {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
      text += signs[(seed >> 8) % signs.length]
    }
    const error = errorOf(() => parseRequestText(text))
    if (error !== undefined) expect([text, error]).toEqual([text, expect.any(OAuth1Error)])
  }
})

it('a parsed request is signed as it was before it was text', () => {
  const client = { clientId: 'c', clientSecret: 's3cret' }
  const request = signed({
    method: 'POST',
    url: 'https://a.example/x?q=%20%27',
    form: [['a', "it's ü + $1"]],
    headers: { 'content-type': form },
    client,
  })
  const headers = Object.entries(request.headers as Record<string, string>)
  const raw = [
    'POST /x?q=%20%27 HTTP/1.1',
    'Host: a.example',
    ...headers.map(([name, value]) => `${name}: ${value}`),
    '',
    request.body,
  ].join('\r\n')
  const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`
  const curl = `curl ${quote(request.url)} ${headers.map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`).join(' ')} -d ${quote(request.body ?? '')}`
  for (const text of [raw, curl, JSON.stringify(request)]) {
    expect(diagnoseSignature(parseRequestText(text).request, client)).toMatchObject({ outcome: 'valid' })
  }
})

function errorOf(run: () => unknown): unknown {
  try {
    run()
    return undefined
  } catch (error) {
    return error
  }
}
