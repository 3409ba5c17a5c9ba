/** The hand-written part of docs/conformance.md. */
export const conformanceGuide = `# Conformance: test any provider from outside

\`countersign conformance\` tests any OAuth 1.0 provider, whatever language it is written in: the three steps, the places and
encodings of parameters, signature methods, replays and races, timestamps, malformed input and the consent page. It needs
nothing but HTTP. For each case that fails, it prints what it expected and what it received, the section of RFC 5849, the
request that showed it, and a one-line remedy.

Run it against a test installation: it sends several hundred requests, many of them hostile, and leaves the tokens that it obtains behind.

## Run it

Against countersign's own provider, with a client that registered no callback:

\`\`\`sh
export COUNTERSIGN_CLIENT_SECRET=…
export COUNTERSIGN_PASSWORD=…
npx @countersign/cli conformance --base http://127.0.0.1:5849 --client KEY --user demo
\`\`\`

Cases that need more are skipped, and the output says what they need: a second client, a client with an RSA key, a callback,
a second user. \`--only\` takes a group, an id, a part of an id or a pattern: \`--only replay --only 'malformed-*'\`. \`--list\` prints
all cases. The exit code is 0 when nothing failed, 1 when something did, and 2 when the command line is wrong or no
provider is there.

In a pipeline, \`--junit report.xml\` writes JUnit XML beside the text, and \`--json\` prints the whole report as JSON.

## Describe another provider

Write a file and pass it with \`--target\`. Paths are relative to \`base\`. In place of any secret, \`{ "env": "NAME" }\` reads
it from the environment and \`{ "file": "PATH" }\` from a file; reports mask it.

\`\`\`json
{
  "base": "https://provider.example",
  "initiate": "/oauth/request_token",
  "authorize": "/oauth/authorize",
  "token": "/oauth/access_token",
  "resource": "/api/1/whoami",
  "client": { "key": "first", "secret": { "env": "FIRST_SECRET" } },
  "secondClient": { "key": "second", "secret": { "env": "SECOND_SECRET" } },
  "rsaClient": { "key": "third", "privateKey": { "file": "third.pem" } },
  "callback": "https://client.example/callback",
  "signatureMethods": ["HMAC-SHA1", "RSA-SHA1"],
  "approve": {
    "forms": [
      { "fields": { "login": "test", "passwd": { "env": "PASSWORD" } } },
      { "submit": { "name": "accept", "value": "yes" } }
    ]
  }
}
\`\`\`

| Field | What |
| --- | --- |
| \`base\` | the provider's address. It, \`client\`, and \`user\` or \`approve\` are required; everything else is optional |
| \`initiate\`, \`authorize\`, \`token\` | the endpoints; by default \`/oauth/initiate\`, \`/oauth/authorize\` and \`/oauth/token\` |
| \`resource\` | a protected resource that accepts any parameters, by default \`/api/echo\`; if it responds to POST or PUT with 404 or 405, the cases that need them are skipped |
| \`client\`, \`secondClient\` | two test clients that registered \`callback\` |
| \`rsaClient\` | a test client with an RSA public key |
| \`callback\` | what the clients registered; nothing needs to listen there. Without it, everything is out of band |
| \`signatureMethods\` | the methods that the provider offers; without the list, the suite tries each |
| \`approve\`, \`deny\`, \`approveAsSecond\` | how a user decides; see below |
| \`user\`, \`secondUser\` | \`{ "name": …, "password": … }\`: short for these three on countersign's own pages |

### How a test user approves

With **forms**, in the order in which the provider shows them. On each page the suite looks for a form with all the named
fields and the button, fills it in, leaves the hidden fields as they are, and submits it. It skips a form that is not shown,
such as the sign-in of a user who is signed in. The last form is the decision. A verifier on a page is the text of the first
\`<code>\`; if it stands elsewhere, put \`code\` beside \`forms\`: a regular expression over the HTML whose first group is the verifier.

With a **command**, if the pages need JavaScript or a second factor:

\`\`\`json
{ "approve": { "command": ["node", "approve.mjs"] } }
\`\`\`

The command reads the address from the environment variable \`AUTHORIZATION_URL\`, approves, and prints the callback URL with
its query, or the verifier. Cases that look at the pages are skipped.

## Levels

**must**: the RFC demands it, or an attack works without it. **should**: the RFC recommends it, or clients in use need it. A
\`should\` that fails is advice, and changes the exit code only with \`--strict\`.

Passing every case is no proof: the suite sees responses, not code. It cannot see whether comparisons take constant time,
whether secrets are encrypted at rest, or whether tokens come from a good random generator.

## In a program

\`\`\`ts
const report = await runConformance(target, { only: ['replay', 'exchange-race'] })
const failed = report.results.filter((result) => result.outcome === 'failed')
\`\`\`

\`runConformance\`, \`readTarget\` and the reports are exported by \`@countersign/conformance\`.
`
