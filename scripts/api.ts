// The public API of every published package, one text file an entry; none is committed.
//
//   npm run api -- FOLDER             writes them into a folder
//   npm run api -- --diff [REVISION]  prints how the API differs from that revision's, or from the last release's
import { execFileSync, spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import process from 'node:process'
import { apiReports } from './api-report.ts'
import { publishedPackages } from './published.ts'

const root = resolve(import.meta.dirname, '..')
const modules = join(root, 'node_modules')
const work = mkdtempSync(join(tmpdir(), 'countersign-api-'))
const [folder, revision] = process.argv.slice(2)
try {
  if (folder === undefined) throw new Error('Usage: npm run api -- FOLDER | --diff [REVISION]')
  if (folder === '--diff') printDifference(revision || lastRelease())
  else writeReports(workingTree(), resolve(folder))
} finally {
  rmSync(work, { recursive: true })
}

function lastRelease(): string | undefined {
  const { status, stdout } = git('describe', '--tags', '--abbrev=0', '--match=v[0-9]*')
  return status === 0 ? stdout.trim() : undefined
}

function printDifference(before: string | undefined): void {
  if (before === undefined) {
    console.log('No release yet, so there is no API to compare with.')
    return
  }
  writeReports(treeOf(before), join(work, 'before'))
  writeReports(workingTree(), join(work, 'after'))
  const { status, stdout, stderr } = git('-C', work, 'diff', '--no-index', '--no-color', 'before', 'after')
  if (status === 0) console.log(`The public API is the same as in ${before}.`)
  else if (status === 1) console.log(stdout)
  else throw new Error(stderr)
}

/** Builds the declarations of a copy of the sources, each package against the one before it, and writes the reports. */
function writeReports(tree: string, target: string): void {
  linkModules(tree)
  for (const { folder, manifest } of publishedPackages(tree)) {
    const at = join(tree, 'packages', folder)
    const options = [
      '--emitDeclarationOnly',
      '--removeComments',
      '--declarationMap',
      'false',
      '--sourceMap',
      'false',
    ]
    const tsc = [join(modules, 'typescript/bin/tsc'), '-p', join(at, 'tsconfig.build.json'), ...options]
    // Errors are printed but not fatal: an earlier revision may not match the installed packages, and `npm run types`
    // checks this one.
    spawnSync(process.execPath, tsc, { stdio: ['ignore', 2, 2] })
    const entries = Object.entries(manifest.exports ?? {}).flatMap(([subpath, entry]) =>
      typeof entry === 'string' ? [] : [[join(at, entry.types), join(manifest.name, subpath)] as const],
    )
    const names = new Map(entries)
    for (const [entry, report] of apiReports([...names.keys()])) {
      const file = join(target, `${names.get(entry)}.txt`)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, report)
    }
  }
}

function workingTree(): string {
  const tree = join(work, 'tree')
  const packages = join(root, 'packages')
  const isLeftOut = (path: string) =>
    /^[^\\/]+[\\/](?:node_modules|dist|test|docs|data)$/.test(relative(packages, path))
  cpSync(join(root, 'tsconfig.json'), join(tree, 'tsconfig.json'))
  cpSync(packages, join(tree, 'packages'), {
    recursive: true,
    filter: (path) => !isLeftOut(path),
  })
  return tree
}

function treeOf(revision: string): string {
  const tree = join(work, 'earlier')
  const archive = join(work, 'earlier.tar')
  mkdirSync(tree)
  const { status, stderr } = git('archive', '--output', archive, revision, '--', 'tsconfig.json', 'packages')
  if (status !== 0) throw new Error(stderr)
  execFileSync('tar', ['-xf', archive, '-C', tree])
  return tree
}

/** The packages' imports: this repository's from the copy, all others as installed here. */
function linkModules(tree: string): void {
  const link = (name: string, to: string) => {
    mkdirSync(dirname(join(tree, 'node_modules', name)), { recursive: true })
    symlinkSync(to, join(tree, 'node_modules', name), 'junction')
  }
  const own = publishedPackages(tree)
  const taken = new Set(own.map(({ manifest }) => manifest.name.split('/')[0]))
  for (const name of readdirSync(modules))
    if (!name.startsWith('.') && !taken.has(name)) link(name, join(modules, name))
  for (const { folder, manifest } of own) {
    link(manifest.name, join(tree, 'packages', folder))
    const installed = join(root, 'packages', folder, 'node_modules')
    if (existsSync(installed))
      symlinkSync(installed, join(tree, 'packages', folder, 'node_modules'), 'junction')
  }
}

function git(...args: readonly string[]) {
  return spawnSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 28 })
}
