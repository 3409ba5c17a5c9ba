import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { commonVersion, type PublishedPackage, publishedPackages } from '../../scripts/published.ts'

const run = promisify(execFile)
const packages = publishedPackages()
const version = commonVersion(packages)
const names = packages.map(({ manifest }) => manifest.name)
const shell = process.platform === 'win32'

/** The subset of an npm registry that the script and `npm publish` use. */
let registry: Server
let published: string[]
let failing: { readonly name: string | undefined; readonly method: string } | undefined
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-publish-'))
  const pack = async ({ folder: name, manifest }: PublishedPackage) => {
    await mkdir(join(folder, name))
    const small = { name: manifest.name, version, publishConfig: { access: 'public', provenance: true } }
    await writeFile(join(folder, name, 'package.json'), JSON.stringify(small))
    await run('npm', ['pack', '--pack-destination', folder], { cwd: join(folder, name), shell })
  }
  await Promise.all(packages.map(pack))
  registry = createServer((request, response) => {
    const name = decodeURIComponent(request.url ?? '').slice(1)
    request.resume().on('end', () => {
      const respond = (status: number, body: unknown) => response.writeHead(status).end(JSON.stringify(body))
      if (name === failing?.name && request.method === failing.method) return respond(503, { error: 'no' })
      if (request.method === 'PUT') {
        published.push(name)
        return respond(201, {})
      }
      if (!published.includes(name)) return respond(404, {})
      return respond(200, {
        name,
        'dist-tags': { latest: version },
        versions: { [version]: { name, version } },
      })
    })
  })
  await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve))
})
beforeEach(() => {
  published = []
  failing = undefined
})
afterAll(async () => {
  await new Promise((resolve) => registry.close(resolve))
  await rm(folder, { recursive: true })
})

/** Runs the script as the workflow does, but for the statement of provenance, which only a workflow can make. */
function publish(env: NodeJS.ProcessEnv = {}, from: string = folder) {
  const { port } = registry.address() as AddressInfo
  const host = `127.0.0.1:${port}`
  const script = join(import.meta.dirname, '../../scripts/publish.ts')
  return run(process.execPath, [script, from, '--provenance=false'], {
    env: {
      ...process.env,
      npm_config_registry: `http://${host}/`,
      [`npm_config_//${host}/:_authToken`]: 'made-up',
      npm_config_cache: join(folder, 'cache'),
      npm_config_fetch_retries: '0',
      npm_config_update_notifier: 'false',
      NO_PROXY: '127.0.0.1',
      ...env,
    },
  })
}

describe('publishing', () => {
  it('publishes each package after those that it needs', async () => {
    await publish()
    expect(published).toEqual(names)
  })

  it('goes on where an earlier run stopped', async () => {
    published = names.slice(0, 2)
    const { stdout } = await publish()
    expect(published).toEqual(names)
    expect(stdout).toContain(`${names[0]} ${version} is published already.`)
  })

  it('publishes nothing while the registry does not say what it has', async () => {
    failing = { name: names[1], method: 'GET' }
    await expect(publish()).rejects.toThrow(`does not say whether ${names[1]} is published: status 503`)
    expect(published).toEqual([])
  })

  it('stops at the first package that is refused', async () => {
    failing = { name: names[1], method: 'PUT' }
    await expect(publish()).rejects.toThrow()
    expect(published).toEqual(names.slice(0, 1))
  })

  it('takes a tag for this version only', async () => {
    const tag = { GITHUB_REF_TYPE: 'tag', GITHUB_REF_NAME: 'v99.0.0' }
    await expect(publish(tag)).rejects.toThrow(
      `The tag is v99.0.0, but the packages have the version ${version}.`,
    )
    expect(published).toEqual([])
  })

  it('publishes nothing if a tarball is missing', async () => {
    await expect(publish({}, join(folder, 'cache'))).rejects.toThrow(packages[0]?.tarball)
    expect(published).toEqual([])
  })
})
