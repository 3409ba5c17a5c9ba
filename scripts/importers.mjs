// Prints the test files that import one of the files on the command line, directly or indirectly: only relative
// imports, which is how tests share code.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { posix } from 'node:path'
import process from 'node:process'

const files = execFileSync('git', ['ls-files', '*.ts'], { encoding: 'utf8' }).split('\n').filter(Boolean)
const importsOf = new Map(
  files.map((file) => [
    file,
    [...readFileSync(file, 'utf8').matchAll(/(?:from|import)\s*\(?'(\.[^']+)'/g)].map(([, path = '']) =>
      posix.join(posix.dirname(file), path),
    ),
  ]),
)

const reaching = new Set(process.argv.slice(2))
for (let before = 0; before !== reaching.size; ) {
  before = reaching.size
  for (const [file, imports] of importsOf) if (imports.some((path) => reaching.has(path))) reaching.add(file)
}
console.log([...reaching].filter((file) => file.endsWith('.test.ts')).join('\n'))
