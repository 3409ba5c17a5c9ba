import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Policy } from 'countersign'
import * as entry from 'countersign/profiles'
import { expect, it } from 'vitest'
import { driven } from '../clients/services/driven.ts'

const root = join(import.meta.dirname, '../..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')
const versions: Readonly<Record<string, string>> = {
  ...JSON.parse(read('package.json')).devDependencies,
  ...JSON.parse(read('test/clients/services/package.json')).dependencies,
}
const languages = { 'npm.mjs': '', 'debian.py': ' (Python)', 'debian.rb': ' (Ruby)' } as const
const placeNames = { header: 'header', query: 'query', body: 'form' } as const

function row(name: string, policy: Partial<Policy>): string {
  const { supportedSignatureMethods = [], places = [], timestampWindowSeconds = 0 } = policy
  const clients = driven
    .filter(({ profile }) => profile === name)
    .map(({ client, version = versions[client], program }) => `${client} ${version}${languages[program]}`)
  const cells = [
    `\`${name}\``,
    supportedSignatureMethods.join(', '),
    places.map((place) => placeNames[place]).join(', '),
    policy.twoLegged ? 'yes' : 'no',
    `${timestampWindowSeconds / 60} min`,
    clients.join(', ') || '—',
  ]
  return `| ${cells.join(' | ')} |`
}

it('docs/profiles.md shows each profile as the source has it, with the clients that are driven against it', () => {
  const rows = Object.entries(entry).map(([name, policy]) => row(name, policy))
  const lines = read('docs/profiles.md').split('\n')
  const start = lines.indexOf(
    '| Profile | Signature methods | Places | Without a token | Clock | Driven with |',
  )
  expect(lines.slice(start + 2, start + 2 + rows.length)).toEqual(rows)
  expect(lines[start + 2 + rows.length]).toBe('')
})

it('docs/profiles.md explains each profile', () => {
  const [explained = ''] = read('docs/profiles.md').split('## What each accepts')
  const names = [...explained.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name)
  expect(names.toSorted()).toEqual(Object.keys(entry).toSorted())
})
