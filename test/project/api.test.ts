import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { publishedPackages } from '../../scripts/published.ts'

const root = resolve(import.meta.dirname, '../..')

it('writes a report of every entry of every published package', { timeout: 120_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-reports-'))
  try {
    execFileSync(process.execPath, [join(root, 'scripts/api.ts'), folder], { stdio: 'pipe' })
    const entries = publishedPackages().flatMap(({ manifest }) =>
      Object.entries(manifest.exports ?? {})
        .filter(([, entry]) => typeof entry !== 'string')
        .map(([subpath]) => join(manifest.name, subpath)),
    )
    expect(entries.length).toBeGreaterThan(20)
    expect(entries.filter((name) => !existsSync(join(folder, `${name}.txt`)))).toEqual([])
    expect(readFileSync(join(folder, 'countersign.txt'), 'utf8')).toContain('class AuthorizationServer<')
  } finally {
    await rm(folder, { recursive: true })
  }
})
