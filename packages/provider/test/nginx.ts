import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'

/** The whole configuration of an nginx that serves these servers. */
export function nginxConfigurationOf(servers: string): string {
  const bodies = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (each) => `${each}_temp_path ${each};`,
  )
  const user = process.getuid?.() === 0 ? 'user root;' : ''
  return `${user} worker_processes 1; pid nginx.pid; error_log error.log warn;
events { worker_connections 256; }
http { access_log off; ${bodies.join(' ')}
${servers} }`
}

/**
 * Runs nginx until it is stopped.
 *
 * @param folder - Made for it.
 * @param reach - Rejects until it listens.
 */
export async function runNginx(
  folder: string,
  configuration: string,
  reach: () => Promise<unknown>,
): Promise<{ stop(): Promise<void> }> {
  mkdirSync(folder)
  writeFileSync(join(folder, 'nginx.conf'), configuration)
  const args = ['-p', folder, '-c', 'nginx.conf', '-e', 'stderr', '-g', 'daemon off;']
  const child = spawn('nginx', args, { stdio: ['ignore', 'ignore', 'pipe'] })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text) => {
    errors += text
  })
  const ended = once(child, 'close').then(() => void process.off('exit', kill))
  for (;;) {
    if (child.exitCode !== null) throw new Error(`nginx ended: ${errors}`)
    const isUp = await reach().then(
      () => true,
      () => false,
    )
    if (isUp) break
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return {
    stop() {
      child.kill('SIGTERM')
      return ended
    },
  }
}
