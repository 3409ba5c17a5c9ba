import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { prepareRelease } from '../../scripts/prepare-release.ts'
import { commonVersion, publishedPackages } from '../../scripts/published.ts'

const root = join(import.meta.dirname, '../..')
const before = commonVersion(publishedPackages())
let copy: string
const read = (path: string) => readFile(join(copy, path), 'utf8')
const dependency = async (path: string, name: string) => JSON.parse(await read(path)).dependencies[name]

/** What the script reads and writes, with no changeset pending. */
beforeEach(async () => {
  copy = await mkdtemp(join(tmpdir(), 'countersign-release-'))
  const folders = await Promise.all(
    ['packages', 'examples'].map(async (parent) =>
      (await readdir(join(root, parent))).map((folder) => `${parent}/${folder}/package.json`),
    ),
  )
  const manifests = ['package.json', 'bench/package.json', ...folders.flat()]
  for (const path of [...manifests, '.changeset/config.json', 'docs/quick-start.md', 'README.md']) {
    await mkdir(dirname(join(copy, path)), { recursive: true })
    await cp(join(root, path), join(copy, path)).catch(() => {})
  }
  await writeFile(
    join(copy, 'CHANGELOG.md'),
    '# Changelog\n\n## Unreleased\n\n- New.\n\n## 0.0.1\n\n- Old.\n',
  )
  await writeFile(join(copy, 'package-lock.json'), '{}')
})
afterEach(() => rm(copy, { recursive: true }))

function change(bump: string, name = 'countersign'): Promise<void> {
  return writeFile(join(copy, `.changeset/a-${bump}.md`), `---\n"${name}": ${bump}\n---\n\nA change.\n`)
}

it('gives every package the same next version, wherever the repository pins it', async () => {
  await change('patch')
  await change('major', '@countersign/cli')
  expect(prepareRelease(copy)).toBe('1.0.0')
  expect(commonVersion(publishedPackages(copy))).toBe('1.0.0')
  expect(await dependency('packages/cli/package.json', '@countersign/provider')).toBe('1.0.0')
  expect(await dependency('examples/express/package.json', 'countersign')).toBe('1.0.0')
  expect(await dependency('examples/nextjs/package.json', 'countersign')).toBe('1.0.0')
  const pages = (await read('README.md')) + (await read('docs/quick-start.md'))
  expect(pages).not.toContain(`countersign-${before}.tgz`)
  expect(await read('CHANGELOG.md')).toBe('# Changelog\n\n## 1.0.0\n\n- New.\n\n## 0.0.1\n\n- Old.\n')
  expect(await readdir(join(copy, '.changeset'))).toEqual(['config.json'])
})

it.each([
  ['no changeset', undefined],
  ['only changesets that raise nothing', '---\n---\n\nTests alone.\n'],
])('refuses to run with %s, and raises nothing', async (_, text) => {
  if (text !== undefined) await writeFile(join(copy, '.changeset/empty.md'), text)
  expect(() => prepareRelease(copy)).toThrow('No changeset raises the version')
  expect(commonVersion(publishedPackages(copy))).toBe(before)
  expect(await read('CHANGELOG.md')).toContain('## Unreleased')
})

it('refuses to run while CHANGELOG.md tells users nothing, and keeps the changeset', async () => {
  await change('minor')
  await writeFile(join(copy, 'CHANGELOG.md'), '# Changelog\n\n## 0.0.1\n')
  expect(() => prepareRelease(copy)).toThrow('CHANGELOG.md has no section "## Unreleased"')
  expect(await readdir(join(copy, '.changeset'))).toHaveLength(2)
})
