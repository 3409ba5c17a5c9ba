import { readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import process from 'node:process'
import { type Answers, withDefaults } from './defaults.ts'
import { Refusal, UsageFault } from './faults.ts'
import { helpText } from './help-text.ts'
import { type Given, readOptions } from './options.ts'
import { firstCommands, neededDatabase } from './page.ts'
import { projectFiles } from './project.ts'
import { requireTarget, writeFiles } from './target.ts'

/** Creates the project that a command line asks for. Returns the exit code: 0, 1 or 2. */
export async function runCommand(args: readonly string[]): Promise<number> {
  try {
    await create(args)
    return 0
  } catch (error) {
    if (error instanceof UsageFault) {
      process.stderr.write(`${error.message}\nnpm create countersign -- --help lists what there is.\n`)
      return 2
    }
    if (!(error instanceof Refusal || isSystemError(error))) throw error
    if (error.message) process.stderr.write(`${error.message}\n`)
    return 1
  }
}

async function create(args: readonly string[]): Promise<void> {
  const given = readOptions(args, process.env)
  if (given.help) return void process.stdout.write(helpText())
  if (given.version) return void process.stdout.write(`${ownVersion()}\n`)
  // Checked before any question, so that no reply is wasted.
  if (given.folder !== undefined) requireTarget(given.folder, given.name)
  const isAsking = !given.yes && process.stdin.isTTY === true && process.stdout.isTTY === true
  const { folder, ...choices } = isAsking ? await ask(given) : withDefaults(given)
  const name = requireTarget(folder, given.name)
  const files = projectFiles(name, choices)
  writeFiles(folder, files)
  const database = neededDatabase(choices)
  const steps = [...changeFolder(folder), ...firstCommands(choices)]
  process.stdout.write(
    `${name}: ${files.size} files with --framework ${choices.framework} --store ${choices.store} --language ${choices.language}
${database === undefined ? '' : `\n${database}\n`}
Next:
${steps.map((step) => `  ${step}`).join('\n')}

README.md says how to register a client and to go through the three legs.
`,
  )
}

function changeFolder(folder: string): string[] {
  if (relative('', resolve(folder)) === '') return []
  const path = folder.startsWith('-') ? `./${folder}` : folder
  return [`cd ${quoted(path)}`]
}

/** A path as a word of the shell. */
function quoted(path: string): string {
  if (process.platform === 'win32') return /^[\w./\\:-]+$/.test(path) ? path : `"${path}"`
  return /^[\w./:-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error
}

function ownVersion(): string {
  return JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')).version
}

/** Loaded for a terminal alone, with the library that draws the questions. */
async function ask(given: Given): Promise<Answers> {
  const questions = await import('./questions.ts')
  return questions.ask(given)
}
