import { X509Certificate } from 'node:crypto'
import { readFileSync, unwatchFile, watchFile } from 'node:fs'
import type { Server } from 'node:http'
import type { Server as TlsServer } from 'node:https'
import { createSecureContext } from 'node:tls'
import { ConfigurationError } from 'countersign'
import type { Logger } from 'pino'
import type { ProviderSettings } from './settings/settings.ts'

/** The certificate chain and its private key, as PEM. */
interface TlsPair {
  readonly cert: Buffer
  readonly key: Buffer
}

/** The certificate files of an https server, which may be renewed while it runs. */
export interface TlsFiles {
  readonly pair: TlsPair
  /** From now on, the server reloads the files when they change. */
  use(server: Server): void
  /** Reads them again. If the pair is not usable, the log says so, and the previous one stays. */
  reload(): void
  close(): void
}

type TlsSettings = Pick<ProviderSettings, 'tlsCertificateFile' | 'tlsKeyFile'>

const lookMilliseconds = 5_000

/**
 * Undefined if the settings name no files.
 *
 * @throws ConfigurationError that says which file cannot be used, and why.
 */
export function openTlsFiles(
  { tlsCertificateFile, tlsKeyFile }: TlsSettings,
  log: Logger,
): TlsFiles | undefined {
  if (tlsCertificateFile === undefined || tlsKeyFile === undefined) return undefined
  const files = [tlsCertificateFile, tlsKeyFile] as const
  let server: TlsServer | undefined
  const reload = () => {
    try {
      server?.setSecureContext(readPair(...files))
      log.info({ file: tlsCertificateFile }, 'TLS files were reloaded')
    } catch (error) {
      // Files are renewed one after the other: in between, they do not match.
      log.error(
        { reason: (error as Error).message },
        'TLS files cannot be used; the previous ones stay in use',
      )
    }
  }
  return {
    pair: readPair(...files),
    use(given) {
      server = given as TlsServer
      for (const file of files) watchFile(file, { interval: lookMilliseconds, persistent: false }, reload)
    },
    reload,
    close() {
      for (const file of files) unwatchFile(file, reload)
    },
  }
}

/** @throws ConfigurationError when the settings name unusable files. */
export function checkTlsFiles({ tlsCertificateFile, tlsKeyFile }: TlsSettings): void {
  if (tlsCertificateFile !== undefined && tlsKeyFile !== undefined) readPair(tlsCertificateFile, tlsKeyFile)
}

function readPair(certificateFile: string, keyFile: string): TlsPair {
  const cert = readPem('TLS_CERTIFICATE_FILE', certificateFile, 'CERTIFICATE')
  const key = readPem('TLS_KEY_FILE', keyFile, 'PRIVATE KEY')
  try {
    createSecureContext({ cert, key })
  } catch (cause) {
    const isMismatch = /mismatch/i.test(String((cause as NodeJS.ErrnoException).code))
    const reason = isMismatch
      ? `the key does not belong to the certificate in ${certificateFile}`
      : `it cannot be used: ${(cause as Error).message}`
    throw new ConfigurationError(`TLS_KEY_FILE: in ${keyFile} ${reason}.`, { cause })
  }
  const { validToDate } = new X509Certificate(cert)
  if (validToDate.getTime() < Date.now())
    throw new ConfigurationError(
      `TLS_CERTIFICATE_FILE: the certificate in ${certificateFile} expired on ${validToDate.toISOString().slice(0, 10)}. Renew it.`,
    )
  return { cert, key }
}

function readPem(name: string, file: string, kind: string): Buffer {
  let content: Buffer
  try {
    content = readFileSync(file)
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    const reason =
      code === 'ENOENT'
        ? 'does not exist'
        : code === 'EACCES'
          ? 'may not be read by this user'
          : `cannot be read: ${message}`
    throw new ConfigurationError(`${name}: the file ${file} ${reason}.`, { cause })
  }
  if (new RegExp(`-----BEGIN (?:[A-Z]+ )?${kind}-----`).test(content.toString('latin1'))) return content
  throw new ConfigurationError(`${name}: the file ${file} contains no PEM block "${kind}".`)
}
