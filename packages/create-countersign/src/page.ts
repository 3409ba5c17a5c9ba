import { type Choices, frameworks, stores } from './choices.ts'
import { serverOf } from './parts.ts'
import { databaseUrlOf, envFileOf } from './settings.ts'

const docs = 'https://github.com/countersign/countersign/blob/main/docs'

/** What to type, in this order, after the files are there. */
export function firstCommands(choices: Choices): string[] {
  const isMigrated = choices.store.startsWith('prisma-') || choices.store === 'd1'
  return ['npm install', ...(isMigrated ? ['npm run migrate'] : []), 'npm test', 'npm start']
}

/** The database that a project needs before its first command; undefined where it makes its own. */
export function neededDatabase(choices: Choices): string | undefined {
  const server = serverOf(choices.store)
  if (server === undefined) return undefined
  const name = server === 'postgres' ? 'PostgreSQL' : 'MySQL or MariaDB'
  return `It needs an empty database in ${name}. ${envFileOf(choices)} says which: ${databaseUrlOf(server)}`
}

/** The text of a project's README.md. */
export function pageOf(name: string, choices: Choices): string {
  const { framework, store } = choices
  return `# ${name}

An OAuth 1.0 (RFC 5849) provider, made with [countersign](https://github.com/countersign/countersign). Framework:
${frameworks[framework].title}. Store: ${stores[store].title}.

## First

${databaseText(choices)}${shell(...firstCommands(choices))}

\`npm test\` goes through the whole flow with a client that signs; \`npm run types\` checks the types. The settings are in
\`${envFileOf(choices)}\`, which is not in the repository: after cloning, copy \`${envFileOf(choices)}.example\`.

## The three legs

In a second terminal, register a client:

${shell('npm run client -- --name printer')}

It prints the client's secret, and the command that goes through the three legs as this client: it requests temporary
credentials, you press *Allow* in the browser, and it exchanges the code for a token and reads \`/api/me\`. At the end it
offers to revoke the token. ${restartText(choices)}If a browser is to return to the client, register its address:

${shell('npm run client -- --name photos --callback https://photos.example.com/ready')}

## The files

${filesTable(choices)}

## Before others reach it

${listed(beforeOthers(choices))}

## More

${listed([
  `[${frameworks[framework].title}](${docs}/${framework}.md)`,
  `[${stores[store].title}](${docs}/${storeGuideOf(store)}.md)`,
  `[Testing](${docs}/testing.md) more of it`,
  `[Reference](${docs}/reference.md): every option`,
  `[Why a signature does not match](${docs}/diagnose.md)`,
])}
`
}

function restartText({ framework, store }: Choices): string {
  const isReadOnce = framework === 'worker' && store === 'memory'
  return isReadOnce ? 'Restart `npm start` first: Wrangler reads `.dev.vars` once.\n' : ''
}

function databaseText(choices: Choices): string {
  const server = serverOf(choices.store)
  if (server === undefined) return ''
  const name = server === 'postgres' ? 'PostgreSQL' : 'MySQL or MariaDB'
  return `It needs ${name}: create an empty database and write its address into \`${envFileOf(choices)}\`, which has
\`${databaseUrlOf(server)}\` now. If you also set \`TEST_DATABASE_URL\`, the test uses that one.

`
}

function filesTable({ framework, store, language }: Choices): string {
  const end = language === 'javascript' ? 'js' : 'ts'
  const rows = [
    [
      appFileOf(framework).replace(/ts$/, end),
      'the endpoints, `/api/me`, and `DELETE /api/token`, which revokes the token',
    ],
    [`src/oauth.${end}`, 'the server and the protector, made from the hooks'],
    [`src/consent.${end}`, 'the consent page: **for development only**'],
    [`src/store.${end}`, 'the hooks: how clients and tokens are stored and found'],
    ...(store.startsWith('prisma-') ? [['prisma/', 'the models and the first migration']] : []),
    ...(store.startsWith('drizzle-') ? [['migrations/', 'what `npm run migration` wrote']] : []),
    ...(store === 'd1' ? [['migrations/', 'the tables']] : []),
    [`src/commands/`, '`npm run client` and `npm run try`'],
    ['test/', 'a client that signs, from the first leg to the revoked token'],
  ]
  return `| | |\n| --- | --- |\n${rows.map(([file, text]) => `| \`${file}\` | ${text} |`).join('\n')}`
}

function appFileOf(framework: Choices['framework']): string {
  if (framework === 'nextjs') return 'src/app/**/route.ts'
  if (framework === 'nestjs') return 'src/*.controller.ts'
  if (framework === 'worker') return 'src/worker.ts'
  return framework === 'fetch' ? 'src/fetch.ts' : 'src/app.ts'
}

function beforeOthers({ framework, store }: Choices): string[] {
  const makesTables = /^(?:kysely|typeorm)-/.test(store)
  return [
    `Replace \`src/consent\` with [your own page](${docs}/consent-page.md): the present one\n  signs no one in, and refuses to run in production${framework === 'nextjs' ? ', so that `next build` fails until then' : ''}.`,
    `Serve https, and remove \`OAUTH1_INSECURE_TRANSPORT\`. Behind a proxy, set \`OAUTH1_ORIGIN\` to the address that clients use.`,
    ...(store === 'memory' ? [memoryText(framework)] : []),
    ...(makesTables ? ['Create the tables in a migration instead of at the start.'] : []),
    `Read [security](${docs}/security.md), the duties of who operates a provider.`,
  ]
}

function memoryText(framework: Choices['framework']): string {
  const file = framework === 'worker' ? '.dev.vars' : 'clients.json'
  return `Choose a store that keeps tokens: after a restart, only the clients are left, in \`${file}\`.`
}

function storeGuideOf(store: Choices['store']): string {
  if (store === 'sqlite') return 'no-orm'
  if (store === 'memory') return 'caches'
  return store === 'd1' ? 'worker' : store.replace(/-.*/, '')
}

function shell(...lines: string[]): string {
  return `\`\`\`sh\n${lines.join('\n')}\n\`\`\``
}

function listed(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n')
}
