// Follows a guide to the letter, as a new user would: an empty folder, the guide's own install line with the packed
// library, the guide's files, its start command, and a real client for the whole flow.
//
//   node test/packed/try.mjs countersign-0.1.0.tgz express
//   node test/packed/try.mjs countersign-0.1.0.tgz quick-start
import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import process from 'node:process'
import { drive } from '../../examples/drive.ts'
import { start } from '../../examples/start.ts'

const [tarball, framework] = process.argv.slice(2)
if (!tarball || !framework)
  throw new Error('Usage: node test/packed/try.mjs <tarball> <framework or quick-start>')

const root = join(import.meta.dirname, '../..')
const guide = await readFile(join(root, `docs/${framework}.md`), 'utf8')
const { dependencies, devDependencies } = JSON.parse(
  await readFile(
    join(root, `examples/${framework === 'quick-start' ? 'express' : framework}/package.json`),
    'utf8',
  ),
)
/** The versions that the example is tested with. */
const versions = { ...dependencies, ...devDependencies }
const shell = [...guide.matchAll(/^```sh\n(.*?)^```/gms)].map(([, commands]) => commands.trim().split('\n'))
const install = shell.flat().filter((line) => line.startsWith('npm '))
const run = shell.find((lines) => /\bnode \S+$/.test(lines.at(-1)))

const folder = await mkdtemp(join(tmpdir(), `try-${framework}-`))
let app
try {
  for (const line of install) execute(line.startsWith('npm install') ? pinned(line) : line)
  for (const [, name, code] of guide.matchAll(/^```\w+ \[(\S+)\]\n(.*?)^```/gms)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), code)
  }
  for (const line of run.slice(0, -1)) execute(line)
  app = await start(folder, { script: run.at(-1) })
  await drive(app.origin)
  console.log(`${framework}: the guide works with ${tarball} on Node ${process.versions.node}.`)
} finally {
  await app?.stop()
  await rm(folder, { recursive: true })
}

function execute(line) {
  console.log(`$ ${line}`)
  execFileSync('sh', ['-ec', line], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
}

/** The guide's install line with the packed library, and with the versions that were tested. */
function pinned(line) {
  return line
    .split(' ')
    .map((word) => {
      if (word === 'countersign') return resolve(tarball)
      return versions[word] ? `${word}@${versions[word]}` : word
    })
    .join(' ')
}
