import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { join } from 'node:path'

/** An authority of one's own, which issues certificates for `localhost`. */
export interface Authority {
  /** Its certificate, as PEM: what clients trust. */
  readonly certificate: string
  readonly certificateFile: string
  /** Writes a certificate and its key, both as PEM. */
  issue(name: string, days?: number): { readonly certificateFile: string; readonly keyFile: string }
}

/** @param folder - Where its files are written. */
export function authority(folder: string): Authority {
  const at = (name: string) => join(folder, name)
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' })
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  openssl('req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', '/CN=Test')
  let serial = 0
  return {
    certificate: readFileSync(at('ca.pem'), 'utf8'),
    certificateFile: at('ca.pem'),
    issue(name, days = 1) {
      writeFileSync(at(`${name}.ext`), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n')
      openssl('req', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', '/CN=localhost')
      const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-set_serial', String(++serial)]
      const dates = ['-days', String(days), '-extfile', `${name}.ext`]
      openssl('x509', '-req', '-in', `${name}.csr`, ...signing, ...dates, '-out', `${name}.pem`)
      return { certificateFile: at(`${name}.pem`), keyFile: at(`${name}.key`) }
    },
  }
}

/** A port that was free just now, for what has to be told its port before it listens. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
