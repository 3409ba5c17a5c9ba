import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { Refusal, UsageFault } from './faults.ts'

/** The name of the package in a folder. Throws a UsageFault or a Refusal where no project can be created there. */
export function requireTarget(folder: string, given: string | undefined): string {
  const name = packageNameFor(folder, given)
  requireEmpty(folder)
  return name
}

function packageNameFor(folder: string, given: string | undefined): string {
  const name = given ?? basename(resolve(folder))
  const fault = nameFault(name)
  if (fault === undefined) return name
  const remedy = given === undefined ? 'Choose another folder, or pass --name NAME' : 'Choose another name'
  throw new UsageFault(`"${name}" cannot be the name of a package: ${fault}. ${remedy}.`)
}

/** Why npm takes no package of this name; undefined where it does. */
function nameFault(name: string): string | undefined {
  if (name === '') return 'it is empty'
  if (name.length > 214) return 'it has more than 214 characters'
  if (name !== name.toLowerCase()) return 'it has capital letters'
  if (/^[._-]/.test(name)) return `it begins with ${name[0]}`
  if (!/^(?:@[a-z0-9-][a-z0-9._-]*\/)?[a-z0-9-][a-z0-9._-]*$/.test(name))
    return 'it has characters other than a-z, 0-9, "-", "." and "_"'
  return ['node_modules', 'favicon.ico'].includes(name) ? 'the name is reserved' : undefined
}

/** Throws a Refusal where a project would be mixed with other files. */
function requireEmpty(folder: string): void {
  if (!existsSync(folder)) return
  if (!statSync(folder).isDirectory()) throw new Refusal(`${folder} is a file. Nothing was written.`)
  // A repository that was just made, or cloned empty.
  const found = readdirSync(folder).filter((name) => name !== '.git')
  if (found.length === 0) return
  const some = found.slice(0, 3).join(', ')
  const others = found.length > 3 ? ` and ${found.length - 3} more` : ''
  throw new Refusal(`${folder} is not empty: it contains ${some}${others}. Nothing was written.`)
}

/** Settings, which contain secrets: only the owner reads them. */
const secretFiles = ['.env', '.dev.vars']

/** Writes the files. One that has come into being meanwhile is not overwritten. */
export function writeFiles(folder: string, files: ReadonlyMap<string, string>): void {
  for (const [path, text] of files) {
    const file = join(folder, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text, { flag: 'wx', mode: secretFiles.includes(path) ? 0o600 : 0o666 })
  }
}
