/** The hand-written part of docs/conformance.md. */
export const conformanceGuide = `# Conformance: test any provider from outside

\`countersign conformance\` tests an OAuth 1.0 provider, in whatever language it is written: the three steps, the places and
encodings of parameters, signature methods, replays and races, timestamps, malformed input, the consent page. It speaks HTTP
alone. For each case that fails it prints what it expected, what came instead, the section of RFC 5849, the request that
showed it, and a one-line remedy.

Run it against a test installation: it makes some 1,000 requests, many of them hostile, and leaves tokens there.

## Run it

Against countersign's own provider, with a client that registered no callback:

\`\`\`sh
export COUNTERSIGN_CLIENT_SECRET=…
export COUNTERSIGN_PASSWORD=…
npx @countersign/cli conformance --base http://127.0.0.1:5849 --client KEY --user demo
\`\`\`

What is not given is not tested, and the result says so: a second client, a client with an RSA key, a callback, a second
user. \`--only\` takes a group, an id, a part of an id or a pattern: \`--only replay --only 'malformed-*'\`. \`--list\` prints
all cases. The exit code is 0 when nothing failed, 1 when something did, and 2 when the command line is wrong or no
provider is there.

In a pipeline, \`--junit report.xml\` writes JUnit XML beside the text, and \`--json\` prints the whole report as JSON.

## Describe another provider

A file for \`--target\`. Paths are relative to \`base\`. Anywhere a secret stands, \`{ "env": "NAME" }\` reads it from the
environment and \`{ "file": "PATH" }\` from a file; reports mask it.

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
| \`base\` | the provider's address; the only field with \`client\` and \`user\` or \`approve\` that must be given |
| \`initiate\`, \`authorize\`, \`token\` | the endpoints; by default \`/oauth/initiate\`, \`/oauth/authorize\` and \`/oauth/token\` |
| \`resource\` | a protected resource that takes any parameters, by default \`/api/echo\`; if it refuses POST, PUT or DELETE with 404 or 405, cases with these are skipped |
| \`client\`, \`secondClient\` | two test clients, which registered \`callback\` |
| \`rsaClient\` | a test client that has a public key and no secret |
| \`callback\` | what the clients registered; nothing needs to listen there. Without it, everything is out of band |
| \`signatureMethods\` | those that are offered; without the list, each is tried |
| \`approve\`, \`deny\`, \`approveAsSecond\` | how a user decides; see below |
| \`user\`, \`secondUser\` | \`{ "name": …, "password": … }\`: stand for these three on countersign's own pages |

### How a test user approves

With **forms**, in the order in which they are shown. On each page the suite looks for a form that has all the named
fields and the button, fills it in, keeps the hidden fields as they are, and sends it. A form that is not shown, because the
user is signed in already, is left out. The last form is the decision. If the provider shows the verifier on a page, it is
the text of the first \`<code>\`; for another place, \`code\` beside \`forms\` is a regular expression over the HTML, whose first group
is the verifier.

With a **command**, where pages need a script or a second factor:

\`\`\`json
{ "approve": { "command": ["node", "approve.mjs"] } }
\`\`\`

It finds the address in the environment variable \`AUTHORIZATION_URL\`, and prints the callback with its query, or the
verifier. Cases that look at pages are skipped then.

## Levels

**must**: the RFC demands it, or an attack works without it. **should**: the RFC recommends it, or clients in use need it. What
fails there is printed as advice and changes the exit code only with \`--strict\`.

A case that passes is no proof: the suite sees responses, not code. How long a comparison takes, whether secrets are sealed
at rest and whether tokens come from a good random generator cannot be seen from outside.

## In a program

\`\`\`ts
const report = await runConformance(target, { only: ['replay', 'exchange-race'] })
const failed = report.results.filter((result) => result.outcome === 'failed')
\`\`\`

\`runConformance\`, \`readTarget\` and the reports are exported by \`@countersign/conformance\`.
`
