// The published packages, each after its dependencies: the order to build, pack and publish them.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

export interface Manifest {
  readonly name: string
  readonly version: string
  readonly private?: boolean
  readonly exports?: Readonly<
    Record<string, string | { readonly types: string; readonly 'countersign-source': string }>
  >
  readonly dependencies?: Readonly<Record<string, string>>
}

export interface PublishedPackage {
  /** The name of its folder in `packages/`. */
  readonly folder: string
  readonly manifest: Manifest
  /** The file name of its tarball, as `npm pack` chooses it. */
  readonly tarball: string
}

/** Reads the packages of a copy of this repository; by default, of this one. */
export function publishedPackages(
  root: string = resolve(import.meta.dirname, '..'),
): readonly PublishedPackage[] {
  const folders = readdirSync(join(root, 'packages')).filter((folder) =>
    existsSync(join(root, 'packages', folder, 'package.json')),
  )
  const found = folders.flatMap((folder) => {
    const manifest: Manifest = JSON.parse(
      readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8'),
    )
    const tarball = `${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`
    return manifest.private ? [] : [{ folder, manifest, tarball }]
  })
  const ordered: PublishedPackage[] = []
  const add = (one: PublishedPackage) => {
    if (ordered.includes(one)) return
    for (const other of found) if (other.manifest.name in (one.manifest.dependencies ?? {})) add(other)
    ordered.push(one)
  }
  found.forEach(add)
  return ordered
}

/** Their common version. Throws if they differ. */
export function commonVersion(packages: readonly PublishedPackage[]): string {
  const versions = [...new Set(packages.map(({ manifest }) => manifest.version))]
  if (versions.length !== 1) throw new Error(`The packages have different versions: ${versions.join(', ')}.`)
  return versions[0] as string
}
