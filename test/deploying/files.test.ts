import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { available } from '../../packages/countersign/test/services.ts'
import { freePort } from '../../packages/provider/test/certificates.ts'
import { temporaryDirectory } from '../../packages/provider/test/running-provider.ts'
import { instructionsOf } from './dockerfile.ts'
import { adapted, shown } from './page.ts'
import { caddyForContainers } from './proxies.ts'

const deploy = join(import.meta.dirname, '../../deploy')
const read = (name: string) => readFileSync(join(deploy, name), 'utf8')
const directory = temporaryDirectory()
afterAll(() => directory.remove())

/** What the tests ask of a compose file; a text stands for whatever is not asked. */
interface Compose {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes?: Readonly<Record<string, unknown>>
  readonly secrets?: Readonly<Record<string, unknown>>
}
interface Service {
  readonly image?: string
  readonly build?: unknown
  readonly volumes?: readonly string[]
  readonly secrets?: readonly string[]
  readonly depends_on?: readonly string[] | Readonly<Record<string, unknown>>
}
const composeOf = (text: string) => parse(text, { merge: true }) as Compose

// A program that exists stands for the ones that this machine does not have at their place.
if (await available('systemd')) {
  it.each([
    ['api@3000.service', adapted('/etc/systemd/system/api@.service', [['/usr/bin/node', process.execPath]])],
    [
      'countersign@5849.service',
      read('countersign@.service').replaceAll('/usr/local/bin/countersign', '/bin/true'),
    ],
    [
      'countersign.service',
      read('countersign.service').replaceAll('/usr/local/bin/countersign', '/bin/true'),
    ],
  ])('systemd-analyze finds no fault in %s', (name, unit) => {
    const file = join(directory.path, name)
    writeFileSync(file, unit)
    const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', file], { encoding: 'utf8' })
    expect([status, stdout, stderr]).toEqual([0, '', ''])
  })
}

it.each([
  ['the page', shown('Dockerfile')],
  ['deploy/', read('Dockerfile')],
])('the Dockerfile of %s has a base, leaves root, and starts one program', (_, text) => {
  const instructions = instructionsOf(text)
  const names = instructions.map(({ name }) => name)
  expect(names[0]).toBe('FROM')
  const last = names.lastIndexOf('FROM')
  const user = instructions.findLast(({ name }) => name === 'USER')
  expect(names.lastIndexOf('USER')).toBeGreaterThan(last)
  expect(user?.text).toBe('node')
  const starts = instructions.filter(({ name }) => name === 'CMD' || name === 'ENTRYPOINT')
  for (const { text } of starts)
    expect(JSON.parse(text)).toEqual(expect.arrayContaining([expect.any(String)]))
  expect(starts.length).toBeGreaterThan(0)
})

describe.each([
  ['the page', shown('compose.yaml')],
  ['deploy/', read('compose.yaml')],
])('the compose file of %s', (_, text) => {
  const { services, volumes = {}, secrets = {} } = composeOf(text)
  const each = Object.entries(services)

  it('gives each service an image, or what to build one from', () => {
    expect(each.filter(([, { image, build }]) => !image && !build)).toEqual([])
  })

  it('names only services, volumes and secrets that it declares', () => {
    expect(each.length).toBeGreaterThan(3)
    for (const [name, service] of each) {
      const needed = Array.isArray(service.depends_on)
        ? service.depends_on
        : Object.keys(service.depends_on ?? {})
      const mounted = (service.volumes ?? []).map((volume) => volume.split(':')[0] as string)
      const named = mounted.filter((source) => !/^[./]/.test(source))
      expect([name, needed.filter((other) => !(other in services))]).toEqual([name, []])
      expect([name, named.filter((volume) => !(volume in volumes))]).toEqual([name, []])
      expect([name, (service.secrets ?? []).filter((secret) => !(secret in secrets))]).toEqual([name, []])
    }
  })
})

it('the compose file of deploy/ mounts the configuration that is there: that of nginx, with the names of its services', () => {
  const { services } = composeOf(read('compose.yaml'))
  const [file = ''] = services['nginx']?.volumes?.[0]?.split(':') ?? []
  expect(existsSync(join(deploy, file))).toBe(true)
  const adaptedFile = read('nginx.conf')
    .replace('127.0.0.1:5849', 'one:5849')
    .replace('127.0.0.1:5850', 'two:5849')
    .replaceAll('/etc/countersign/tls/', '/etc/nginx/tls/')
  expect(read(file)).toBe(adaptedFile)
})

if (await available('caddy')) {
  it("Caddy of the page's compose file passes requests on to both processes as they came", async () => {
    const seen: string[][] = [[], []]
    const servers = seen.map((urls) =>
      createServer((req, res) => {
        urls.push(`${req.headers.host}${req.url}`)
        res.end()
      }).listen(0, '127.0.0.1'),
    )
    await Promise.all(servers.map((server) => once(server, 'listening')))
    const [one = 0, two = 0] = servers.map((server) => (server.address() as AddressInfo).port)
    const port = await freePort()
    const { services } = composeOf(shown('compose.yaml'))
    expect(services['caddy']?.volumes).toContain('./Caddyfile:/etc/caddy/Caddyfile:ro')
    const place = { folder: join(directory.path, 'caddy'), port, upstreams: [one, two] as const }
    const proxy = await caddyForContainers(place)
    try {
      while (seen.some((urls) => urls.length === 0)) await fetch(`http://localhost:${port}/a%2Fb//c?x=%7e`)
      expect([...new Set(seen.flat())]).toEqual([`localhost:${port}/a%2Fb//c?x=%7e`])
    } finally {
      await proxy.stop()
      for (const server of servers) server.close()
    }
  })
}
