import { type Choice, frameworks, languages, stores } from './choices.ts'

/** What `--help` prints. */
export function helpText(): string {
  return `Creates a project with an OAuth 1.0 provider: it starts, its test passes, and its types are checked.

Usage: npm create countersign [FOLDER] -- [OPTIONS]

  npm create countersign my-api
  npm create countersign my-api -- --framework fastify --store kysely-postgres
  npm create countersign . -- --yes

FOLDER is created if it is missing, and must be empty; "." is the current folder. On a terminal, you are asked for what no
option says.

Options:
  -f, --framework NAME   default: express
  -s, --store NAME       default: memory
  -l, --language NAME    default: typescript (nestjs: compiled)
      --name NAME        the name of the package; default: the folder's name
  -y, --yes              asks nothing
  -h, --help             prints this
  -v, --version          prints the version

Frameworks:
${listed(frameworks)}

Stores:
${listed(stores)}
  worker has memory and d1; all other frameworks have every store but d1.

Languages:
${listed(languages)}
  nestjs has compiled; nextjs and worker have typescript and javascript.

Exit codes: 0 the project is there; 1 it could not be written, or you cancelled; 2 the command line was not understood.
`
}

function listed(table: Readonly<Record<string, Choice>>): string {
  return Object.entries(table)
    .map(([name, { title, hint }]) => `  ${name.padEnd(18)}${title}${hint ? ` (${hint})` : ''}`)
    .join('\n')
}
