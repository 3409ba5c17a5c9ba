import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { driveClient } from '../../examples/drive.ts'
import { freePort, start } from '../../examples/start.ts'

const root = join(import.meta.dirname, '../..')
/** For commands of the repository itself, which test/commands runs. */
const isOfRepository = (line) => /^npm (start|test)\b/.test(line)
const isServer = (line) => /^(\w+=\S+ )*node \S*(server\.ts|dist\/\S+\.js)$/.test(line)

/** One who does in an empty folder what a page says, in its order. */
export class Follower {
  /** The page's server, once it runs. */
  app
  #folder
  #tarball
  #versions
  #env = {
    ...process.env,
    npm_config_ignore_scripts: 'true',
    npm_config_save_exact: 'true',
    WRANGLER_SEND_METRICS: 'false',
    // Prisma would download its schema engine, which generating does not use: any file that exists stands in for it.
    PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
  }

  constructor(folder, tarball, versions) {
    this.#folder = folder
    this.#tarball = resolve(tarball)
    this.#versions = versions
  }

  /** With the versions that the workspace is tested with, and of what it does without. */
  static async of(folder, tarball) {
    const { devDependencies } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
    const others = { '@types/better-sqlite3': '7.6.13', 'drizzle-kit': '0.31.11', wrangler: '4.164.0' }
    return new Follower(folder, tarball, { ...devDependencies, ...others })
  }

  /** @param steps - Those of a guide. */
  async follow(steps) {
    for (const [i, step] of steps.entries()) {
      if (step.kind === 'file') await this.write(step.name, step.text)
      if (step.kind !== 'commands') continue
      let shown = ''
      for (const line of step.lines) shown += await this.run(line)
      const next = steps[i + 1]
      if (next?.kind === 'output' && !step.lines.every(isOfRepository)) this.#compare(shown, next.text)
    }
  }

  async write(file, text) {
    const path = join(this.#folder, file)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text)
  }

  /** Runs a line of the page; returns what the terminal shows. */
  async run(line) {
    if (isOfRepository(line)) return ''
    if (line.startsWith('npm create')) return this.#create(line)
    if (line.startsWith('npm install')) return this.#execute(this.#pinned(line))
    // TypeORM and Prisma ask for an older one, which a compiler has to build.
    if (line.startsWith('npm init')) {
      const override = `npm pkg set overrides.better-sqlite3=${this.#versions['better-sqlite3']}`
      return (await this.#execute(line)) + (await this.#execute(override))
    }
    if (line.startsWith('npx prisma migrate')) return this.#migratePrisma()
    if (line === 'node client.ts') {
      console.log(`$ ${line}`)
      return driveClient(join(this.#folder, 'client.ts'), this.app.origin)
    }
    if (isServer(line)) {
      console.log(`$ ${line}`)
      this.app = await start(this.#folder, { script: line })
      return ''
    }
    if (line.startsWith('npx wrangler dev')) return this.#startWrangler(line)
    return this.#execute(line)
  }

  /** The page goes on without the project, which test/packed/create.mjs tries. */
  async #create(line) {
    const packed = join(
      dirname(this.#tarball),
      basename(this.#tarball).replace(/^countersign/, 'create-countersign'),
    )
    const [, name, rest] = /^npm create countersign (\S+)(.*)$/.exec(line)
    const shown = await this.#execute(
      `npm exec --yes --package ${packed} -- create-countersign ${name} --yes${rest}`,
    )
    await rm(join(this.#folder, name), { recursive: true })
    return shown
  }

  /** Its usual port may be taken. */
  async #startWrangler(line) {
    console.log(`$ ${line}`)
    const port = await freePort()
    const script = line.replace('npx wrangler', 'node node_modules/wrangler/bin/wrangler.js')
    this.app = await start(this.#folder, { port, script: `CI=true ${script} --port ${port}` })
    return ''
  }

  /** What `prisma migrate` does; it needs an engine that it downloads. */
  async #migratePrisma() {
    const { DatabaseSync } = await import('node:sqlite')
    const database = new DatabaseSync(join(this.#folder, 'dev.sqlite'))
    database.exec(
      await readFile(join(root, 'examples/prisma/prisma/migrations/0_init/migration.sql'), 'utf8'),
    )
    database.close()
    return ''
  }

  async #execute(line) {
    console.log(`$ ${line}`)
    const run = promisify(execFile)('sh', ['-ec', line], { cwd: this.#folder, env: this.#env })
    run.child.stdin.end()
    const { stdout } = await run.catch((error) => {
      throw new Error(`${line}: ${error.stdout}${error.stderr}`)
    })
    return stdout
  }

  /** The page writes … for what differs each time, and the port that its server has by default. */
  #compare(shown, text) {
    const said = text.replaceAll('http://localhost:3000', this.app?.origin ?? '')
    const pattern = said
      .split('…')
      .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
      .join('.+')
    assert.match(shown, new RegExp(`^${pattern}$`))
  }

  /** The page's install line with the packed library, and with the versions that were tested. */
  #pinned(line) {
    const words = line.split(' ').map((word) => {
      if (word === 'countersign') return this.#tarball
      return this.#versions[word] ? `${word}@${this.#versions[word]}` : word
    })
    return words.join(' ')
  }
}
