import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, realpathSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { describe, expect, it } from 'vitest'
import { frameworks, languages, namesOf, stores } from '../src/choices.ts'
import { create, createAs, emptyFolder, program } from './running.ts'

const folder = emptyFolder()
const read = (...path: string[]) => readFileSync(join(folder, ...path), 'utf8')

describe('a project', () => {
  it('has what the flags say, and the next commands are printed', () => {
    const flags = ['--framework', 'fastify', '--store', 'kysely-postgres', '--language', 'typescript']
    const { status, stdout, stderr } = create(folder, 'flags', ...flags)
    expect([status, stderr]).toEqual([0, ''])
    expect(stdout).toContain('\n\nIt needs an empty database in PostgreSQL. .env says which: postgres://')
    expect(stdout).toContain('  cd flags\n  npm install\n  npm test\n  npm start\n')
    expect(JSON.parse(read('flags', 'package.json'))).toMatchObject({
      name: 'flags',
      dependencies: { fastify: expect.any(String), kysely: expect.any(String), pg: expect.any(String) },
    })
    expect(read('flags', 'src', 'app.ts')).toContain("from 'countersign/fastify'")
  })

  it('has the defaults with --yes', () => {
    expect(create(folder, 'defaults', '--yes').stdout).toContain(
      '--framework express --store memory --language typescript',
    )
  })

  it('has the defaults where there is no terminal to ask at, and its folder a name', () => {
    expect(create(folder).stdout).toContain('  cd my-api\n')
    expect(JSON.parse(read('my-api', 'package.json')).name).toBe('my-api')
  })

  it('may be in the present folder, and in a repository that is otherwise empty', () => {
    mkdirSync(join(folder, 'here', '.git'), { recursive: true })
    const { status, stdout } = create(join(folder, 'here'), '.', '-y')
    expect([status, stdout.includes('cd ')]).toEqual([0, false])
    expect(JSON.parse(read('here', 'package.json')).name).toBe('here')
  })

  it('may have a package of another name than its folder', () => {
    expect(create(folder, 'Capital Letters', '--name', '@acme/api').status).toBe(0)
    expect(JSON.parse(read('Capital Letters', 'package.json')).name).toBe('@acme/api')
  })

  it.each(['a$HOME', 'a`b', "o'clock", '-x', 'a\\b', 'two words'])(
    'is where the printed cd leads: %s',
    (name) => {
      const { stdout, stderr } = create(folder, '--yes', '--name', 'my-api', '--', name)
      const line = /^ {2}(cd .*)$/m.exec(stdout)?.[1] ?? stderr
      const { stdout: present } = spawnSync('sh', ['-c', `${line} && pwd -P`], {
        cwd: folder,
        encoding: 'utf8',
      })
      expect(present).toBe(`${realpathSync(join(folder, name))}\n`)
    },
  )

  it.each([
    ['nestjs', [], 'compiled'],
    ['worker', [], 'typescript'],
  ])('of %s has a language that it can have', (framework, flags, language) => {
    const { stdout } = create(folder, `default-${framework}`, '-f', framework, ...flags)
    expect(stdout).toContain(`--language ${language}`)
  })

  it('over D1 is a Worker', () => {
    expect(create(folder, 'd1', '--store', 'd1').stdout).toContain('--framework worker --store d1')
  })
})

describe('a command line that is not understood ends with 2 and writes nothing', () => {
  it.each([
    [
      'an unknown framework',
      ['--framework', 'expres'],
      'There is no framework "expres". Did you mean express?',
    ],
    [
      'a store without its database',
      ['--store', 'kysely'],
      'There is no store "kysely". Did you mean kysely-sqlite?',
    ],
    [
      'an unknown language',
      ['--language', 'rust'],
      'There is no language "rust". Known: typescript, compiled,',
    ],
    ['an unknown option', ['--framwork', 'koa'], 'There is no option --framwork. Did you mean --framework?'],
    ['an option without a value', ['--store'], 'argument missing'],
    ['two folders', ['other'], 'One folder is enough: "nothing", "other".'],
    ['a value that npm left', ['fastify'], 'npm create countersign my-api -- --framework fastify.'],
    ['a Worker over PostgreSQL', ['-f', 'worker', '-s', 'kysely-postgres'], '--store memory, --store d1'],
    ['D1 without a Worker', ['-f', 'koa', '-s', 'd1'], 'D1 is the database of Cloudflare Workers.'],
    [
      'NestJS without a compiler',
      ['-f', 'nestjs', '-l', 'javascript'],
      'with this framework: --language compiled.',
    ],
    [
      'what no framework has',
      ['-s', 'd1', '-l', 'compiled'],
      'No framework has both --store d1 and --language',
    ],
    [
      'an empty name',
      ['--name', ''],
      '"" cannot be the name of a package: it is empty. Choose another name.',
    ],
    ['a name with a dash before it', ['--name=-x'], 'it begins with -.'],
    ['a name with a tilde', ['--name', 'a~b'], 'it has characters other than'],
    ['a bad name', ['--name', 'My API'], '"My API" cannot be the name of a package: it has capital letters.'],
  ])('%s', (_, flags, message) => {
    const { status, stdout, stderr } = create(folder, 'nothing', ...flags)
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toContain(message)
    expect(stderr).toContain('npm create countersign -- --help')
    expect(readdirSync(folder)).not.toContain('nothing')
  })

  it.each([
    ['.hidden', 'it begins with .'],
    ['ümlaut', 'it has characters other than'],
    ['node_modules', 'the name is reserved'],
  ])('a folder %s, whose name is none for a package', (name, message) => {
    const { status, stderr } = create(folder, name)
    expect(status).toBe(2)
    expect(stderr).toContain(message)
    expect(stderr).toContain('pass --name NAME')
  })
})

it('refuses a folder that is empty text, and leaves the current one as it is', () => {
  mkdirSync(join(folder, 'current'))
  writeFileSync(join(folder, 'current', 'file'), '')
  const { status, stderr } = create(join(folder, 'current'), '', '--yes')
  expect([status, readdirSync(join(folder, 'current'))]).toEqual([2, ['file']])
  expect(stderr).toContain('The folder is empty text.')
})

describe('options that npm took for its own', () => {
  // What npm 11 passes on: the arguments, and the variables it sets.
  it.each([
    ['--framework fastify', ['fastify'], { npm_config_framework: 'true' }],
    ['unmade --framework=fastify', ['unmade'], { npm_config_framework: 'fastify' }],
    ['unmade --store=d1', ['unmade'], { npm_config_store: 'd1' }],
    ['unmade --language=javascript', ['unmade'], { npm_config_language: 'javascript' }],
    ['unmade --name=@acme/api', ['unmade'], { npm_config_name: '@acme/api' }],
    ['-f fastify', ['fastify'], { npm_config_force: 'true' }],
    ['-s sqlite', ['sqlite'], { npm_config_loglevel: 'silent' }],
    ['-l javascript', ['javascript'], { npm_config_long: 'true' }],
  ])('npm create countersign %s', (_, args, variables) => {
    const { status, stderr } = createAs({ ...process.env, ...variables }, folder, ...args)
    expect(status).toBe(2)
    expect(stderr).toContain('npm needs -- before the options: npm create countersign my-api -- --framework')
    expect(readdirSync(folder)).not.toContain(args[0])
  })

  it.each([
    ['is given as well', ['given', '--framework', 'koa'], { npm_config_framework: 'true' }],
    ['is a setting of pnpm', ['pnpm'], { npm_config_store: '/home/me/.pnpm-store' }],
    ['is for npm', ['forced'], { npm_config_force: 'true', npm_config_loglevel: 'silent' }],
  ])('are none where it %s', (_, args, variables) => {
    expect(createAs({ ...process.env, ...variables }, folder, ...args).status).toBe(0)
  })
})

describe('what cannot be carried out ends with 1', () => {
  it('a folder with files in it, none of which is touched', () => {
    mkdirSync(join(folder, 'full'))
    for (const name of ['a', 'b', 'c', 'package.json']) writeFileSync(join(folder, 'full', name), name)
    const { status, stderr } = create(folder, 'full', '--yes')
    expect([status, stderr]).toEqual([
      1,
      'full is not empty: it contains a, b, c and 1 more. Nothing was written.\n',
    ])
    expect(read('full', 'package.json')).toBe('package.json')
    expect(readdirSync(join(folder, 'full'))).toHaveLength(4)
  })

  it('a file in the place of the folder', () => {
    writeFileSync(join(folder, 'file'), '')
    expect(create(folder, 'file')).toMatchObject({
      status: 1,
      stderr: 'file is a file. Nothing was written.\n',
    })
  })

  it('a folder below a file, with what the system says', () => {
    writeFileSync(join(folder, 'above'), '')
    const { status, stderr } = create(folder, 'above/below')
    expect(status).toBe(1)
    expect(stderr).toMatch(/^ENOTDIR/)
    expect(statSync(join(folder, 'above')).size).toBe(0)
  })
})

it('--help names every framework, store and language', () => {
  const { status, stdout } = create(folder, '--help')
  expect(status).toBe(0)
  for (const name of [frameworks, stores, languages].flatMap((table) => namesOf<string>(table)))
    expect(stdout).toMatch(new RegExp(`^  ${name} +\\S`, 'm'))
})

it('--help wins over what is wrong beside it', () => {
  for (const wrong of [['-f', 'worker', '-s', 'sqlite'], ['-f', 'expres'], ['one', 'two'], ['']])
    expect(create(folder, ...wrong, '--help').status).toBe(0)
})

it('--version prints the version of the package', () => {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'))
  expect(create(folder, '--version')).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' })
})

it('ends quietly, as at SIGPIPE, when no one reads its help', async () => {
  const child = spawn(process.execPath, [program, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] })
  child.stdout.destroy()
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    errors += text
  })
  const [code] = await once(child, 'close')
  expect([code, errors]).toEqual([141, ''])
})
