import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { type Choices, languagesFor, storesFor } from './choices.ts'
import { toJavaScript } from './javascript.ts'
import { manifestOf } from './manifest.ts'
import { pageOf } from './page.ts'
import { partsOf } from './parts.ts'
import { envFileOf, envOf, gitignoreOf, tsconfigOf } from './settings.ts'

const templates = join(import.meta.dirname, '../templates')
const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'))

/** What the templates folder has for this repository's own tools. */
const ownFiles = ['biome.json', 'tsconfig.json']

/** The files of a project: the path of each, with `/`, and its text. */
export function projectFiles(name: string, choices: Choices): ReadonlyMap<string, string> {
  if (!storesFor(choices.framework).includes(choices.store)) throw new TypeError(choices.store)
  if (!languagesFor(choices.framework).includes(choices.language)) throw new TypeError(choices.language)
  const files = templateFiles(choices)
  const written = choices.language === 'javascript' ? Array.from(files, asJavaScript) : files
  const settings = envOf(choices)
  return new Map([
    ['package.json', manifestOf(name, choices, version)],
    ['tsconfig.json', tsconfigOf(choices)],
    ['.gitignore', gitignoreOf(choices)],
    [envFileOf(choices), settings],
    [`${envFileOf(choices)}.example`, settings],
    ['README.md', pageOf(name, choices)],
    ...written,
  ])
}

/** The path and the text of a template's file in a project of JavaScript. */
function asJavaScript([path, text]: readonly [string, string]): readonly [string, string] {
  if (path.endsWith('.ts') && !path.endsWith('.d.ts'))
    return [path.replace(/\.ts$/, '.js'), toJavaScript(text)]
  // Settings that name a file of the sources.
  return [path, text.replace(/(['"](?:\.\/)?src\/\w+)\.ts(['"])/g, '$1.js$2')]
}

function templateFiles(choices: Choices): Map<string, string> {
  const files = new Map<string, string>()
  for (const { folders, without = [] } of partsOf(choices)) {
    for (const path of without) files.delete(path)
    for (const folder of folders) for (const path of filesIn(folder)) files.set(path, read(folder, path))
  }
  // JavaScript by hand stands beside the TypeScript that has too many types to be translated.
  for (const path of [...files.keys()].filter(
    (path) => path.endsWith('.js') && files.has(path.replace(/\.js$/, '.ts')),
  ))
    files.delete(choices.language === 'javascript' ? path.replace(/\.js$/, '.ts') : path)
  return files
}

function filesIn(folder: string): string[] {
  const cwd = join(templates, folder)
  return readdirSync(cwd, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !ownFiles.includes(entry.name))
    .map((entry) => relative(cwd, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort()
}

function read(folder: string, path: string): string {
  return readFileSync(join(templates, folder, path), 'utf8')
}
