import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { nginxConfigurationOf, runNginx } from '../../packages/provider/test/nginx.ts'
import { adapted } from './page.ts'

/** Where a proxy of the page runs here. */
interface PlainPlace {
  /** Made for it. */
  readonly folder: string
  readonly port: number
  readonly upstreams: readonly [number, number]
}

export interface Place extends PlainPlace {
  readonly certificateFile: string
  readonly keyFile: string
}

export interface Proxy {
  readonly stop: () => Promise<unknown>
}

const upstreamsOf = ({ upstreams: [one, two] }: Place) =>
  [
    ['127.0.0.1:3000', `127.0.0.1:${one}`],
    ['127.0.0.1:3001', `127.0.0.1:${two}`],
  ] as const

const nginxSite = (name: string, host: string, place: Place) =>
  adapted(name, [
    ['listen 443 ssl', `listen 127.0.0.1:${place.port} ssl`],
    [`server_name ${host};`, `server_name ${host} localhost;`],
    ['/etc/api/tls/certificate.pem', place.certificateFile],
    ['/etc/api/tls/key.pem', place.keyFile],
  ])

/** The page's nginx at the root of its host. */
export function nginx(place: Place): Promise<Proxy> {
  let servers = nginxSite('/etc/nginx/conf.d/api.conf', 'api.example.com', place)
  for (const [from, to] of upstreamsOf(place)) servers = servers.replace(from, to)
  return runNginx(place.folder, nginxConfigurationOf(servers), () => reach(place.port))
}

/** The page's nginx that strips a path, with the processes that the other file names. */
export function nginxBelow(place: Place): Promise<Proxy> {
  const [one, two] = place.upstreams
  const upstream = `upstream api { server 127.0.0.1:${one}; server 127.0.0.1:${two}; }`
  const servers = `${upstream}\n${nginxSite('/etc/nginx/conf.d/notes.conf', 'example.com', place)}`
  return runNginx(place.folder, nginxConfigurationOf(servers), () => reach(place.port))
}

/** The page's Caddy, with a certificate that it need not obtain. */
export function caddy(place: Place): Promise<Proxy> {
  return runCaddyfile(place, withCertificate(place, '/etc/caddy/Caddyfile', 'api.example.com'))
}

export function caddyBelow(place: Place): Promise<Proxy> {
  return runCaddyfile(place, withCertificate(place, '/etc/caddy/Caddyfile.notes', 'example.com'))
}

/**
 * The page's Caddy for containers, without TLS: for a port alone, because for a name, be it that of this machine, Caddy
 * makes an authority and has the whole machine trust it.
 */
export function caddyForContainers(place: PlainPlace): Promise<Proxy> {
  const [one, two] = place.upstreams
  const site = adapted('Caddyfile', [
    ['api.example.com {', `:${place.port} {`],
    ['one:3000', `127.0.0.1:${one}`],
    ['two:3000', `127.0.0.1:${two}`],
  ])
  return runCaddyfile(place, site)
}

function withCertificate(place: Place, name: string, host: string): string {
  return adapted(name, [
    [`${host} {\n`, `https://localhost:${place.port} {\n  tls ${place.certificateFile} ${place.keyFile}\n`],
    ...upstreamsOf(place),
  ])
}

function runCaddyfile(place: PlainPlace, site: string): Promise<Proxy> {
  const options = '{\n  admin off\n  auto_https off\n  skip_install_trust\n}\n'
  mkdirSync(place.folder)
  writeFileSync(join(place.folder, 'Caddyfile'), `${options}${site}`)
  return runCaddy(place, ['run', '--config', 'Caddyfile', '--adapter', 'caddyfile'])
}

async function runCaddy({ folder, port }: PlainPlace, args: readonly string[]): Promise<Proxy> {
  const { PATH } = process.env
  const env = { PATH, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder }
  const child = spawn('caddy', args, { cwd: folder, env, stdio: ['ignore', 'ignore', 'pipe'] })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    errors += text
  })
  const ended = once(child, 'close').then(() => void process.off('exit', kill))
  while (!(await isUp(port))) {
    if (child.exitCode !== null) throw new Error(`Caddy ended: ${errors}`)
    await sleep(50)
  }
  return {
    stop() {
      child.kill('SIGTERM')
      return ended
    },
  }
}

async function isUp(port: number): Promise<boolean> {
  return reach(port).then(
    () => true,
    () => false,
  )
}

/** A connection is enough: what is behind it may still be on its way. */
async function reach(port: number): Promise<void> {
  const { connect } = await import('node:net')
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
  } finally {
    socket.destroy()
  }
}
