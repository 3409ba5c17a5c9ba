import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The hosts that clients call, each of which is this machine. */
const hosts = [
  'localhost',
  '*.example.com',
  '*.example.org',
  '*.example.edu',
  '*.restlets.api.netsuite.com',
  '*.suitetalk.api.netsuite.com',
  '*.netsuite.com',
  '*.api.mastercard.com',
  '*.twitter.com',
  '*.x.com',
  '*.tumblr.com',
  '*.discogs.com',
  '*.etrade.com',
]

export interface Certificate {
  readonly key: Buffer
  readonly cert: Buffer
  /** The certificate as a file, for programs that must trust it. */
  readonly file: string
}

/** Made by openssl for this run: its own authority. */
export function makeCertificate(folder: string): Certificate {
  const [key, file] = [join(folder, 'tls-key.pem'), join(folder, 'tls.pem')]
  const names = [...hosts.map((host) => `DNS:${host}`), 'IP:127.0.0.1'].join(',')
  const what = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=countersign-tests']
  const { status, stderr } = spawnSync(
    'openssl',
    ['req', ...what, '-addext', `subjectAltName=${names}`, '-keyout', key, '-out', file],
    { encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(`openssl: ${stderr}`)
  return { key: readFileSync(key), cert: readFileSync(file), file }
}
