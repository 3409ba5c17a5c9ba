import type { BigIntStats } from 'node:fs'
import { stat } from 'node:fs/promises'
import process from 'node:process'
import type { Client, TokenCredential } from 'countersign'
import type { Logger } from 'pino'
import { nowSeconds } from '../random.ts'
import type { CredentialState } from '../telemetry/credential-gauges.ts'
import {
  type CredentialSet,
  credentialsError,
  type ReadCredentials,
  readCredentials,
} from './credential-set.ts'

const lookMilliseconds = 2_000

/**
 * Clients and tokens from files that may change at any time. All files are read again once two checks in a row found
 * them the same, and their content replaces everything at once; if there is a fault, the previous content stays in use.
 */
export class CredentialFiles {
  readonly #files: readonly string[]
  readonly #log: Logger
  readonly #readable = new Set<string>()
  #set: CredentialSet
  #isValid = true
  #loadedAt = nowSeconds()
  /** The state of the files when they were last read. */
  #read: string
  /** Their state at the last check. */
  #seen: string
  #timer: NodeJS.Timeout | undefined
  #isClosed = false

  private constructor(files: readonly string[], log: Logger, set: CredentialSet, read: string) {
    this.#files = files
    this.#log = log
    this.#set = set
    this.#read = read
    this.#seen = read
  }

  /** @throws ConfigurationError with a line for each fault in the files. */
  static async open(files: readonly string[], log: Logger): Promise<CredentialFiles> {
    const stats = await statsOf(files)
    const { set, faults } = await readCredentials(files)
    if (faults.count > 0) throw credentialsError(faults)
    const opened = new CredentialFiles(files, log, set, textOf(stats))
    opened.#tell(stats)
    return opened
  }

  /** The client with this key, as the hook `queryClient` returns it. */
  client(clientId: string): Client | undefined {
    return this.#set.clients.get(clientId)
  }

  /** The client that is paired with this OAuth 2 client. */
  clientOf(oauth2ClientId: string): Client | undefined {
    return this.#set.paired.get(oauth2ClientId)
  }

  /** The token of this client, as the hook `queryToken` returns it. */
  token(clientId: string, oauthToken: string): TokenCredential | undefined {
    const token = this.#set.tokens.get(oauthToken)
    return token?.clientId === clientId ? token : undefined
  }

  get state(): CredentialState {
    const { clients, tokens } = this.#set
    const counts = { clients: clients.size, tokens: tokens.size }
    return { isValid: this.#isValid, loadedAt: this.#loadedAt, ...counts }
  }

  /** Starts checking the files every two seconds. */
  watch(): void {
    this.#timer = setTimeout(async () => {
      try {
        await this.look()
      } catch (err) {
        this.#log.error({ err }, 'the credentials files could not be checked')
      }
      if (!this.#isClosed) this.watch()
    }, lookMilliseconds).unref()
  }

  /** Reads the files if they have changed, but not since the last check. */
  async look(): Promise<void> {
    const before = await statsOf(this.#files)
    const now = textOf(before)
    const isStill = now === this.#seen
    this.#seen = now
    if (now === this.#read || !isStill) return
    const read = await readCredentials(this.#files)
    // If a file was written in the meantime, it may be a mix; the next checks take care of it.
    this.#seen = textOf(await statsOf(this.#files))
    if (this.#isClosed || this.#seen !== now) return
    this.#read = now
    this.#take(read, before)
  }

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#timer)
  }

  #take({ set, faults }: ReadCredentials, stats: readonly FileStats[]): void {
    this.#isValid = faults.count === 0
    if (!this.#isValid) {
      const told = { faults: faults.lines }
      this.#log.error(told, 'the credentials files cannot be used; the previous ones stay in use')
      return
    }
    this.#set = set
    this.#loadedAt = nowSeconds()
    this.#tell(stats)
  }

  #tell(stats: readonly FileStats[]): void {
    const { clients, tokens } = this.state
    this.#log.info({ files: this.#files, clients, tokens }, 'credentials were read')
    for (const { file, stats: found } of stats) {
      const isReadable = process.platform !== 'win32' && ((found?.mode ?? 0n) & 0o004n) !== 0n
      if (!isReadable) this.#readable.delete(file)
      else if (!this.#readable.has(file)) {
        this.#readable.add(file)
        this.#log.warn(
          { file },
          'everyone on this machine may read a credentials file; chmod o-r prevents that',
        )
      }
    }
  }
}

interface FileStats {
  readonly file: string
  /** Undefined for a file that does not exist or is not accessible. */
  readonly stats: BigIntStats | undefined
}

/** Follows symbolic links, because Kubernetes updates files through them. */
function statsOf(files: readonly string[]): Promise<readonly FileStats[]> {
  return Promise.all(
    files.map(async (file) => ({ file, stats: await stat(file, { bigint: true }).catch(() => undefined) })),
  )
}

/** Differs whenever a file was written, replaced or removed, even by a copy that keeps its time. */
function textOf(all: readonly FileStats[]): string {
  return all
    .map(({ stats }) => stats && [stats.dev, stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join('.'))
    .join(' ')
}
