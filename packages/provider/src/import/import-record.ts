/**
 * A client of another provider. Its key and secret are kept. What the source does not mention is undefined, and stays
 * as it is in a client that is replaced; what it leaves empty is null, and is emptied.
 */
export interface ImportedClient {
  readonly kind: 'client'
  /** Its place in the source, for the person who has to fix it: `clients.csv, row 7`. */
  readonly at: string
  readonly key: string
  /** Null for a client that only signs with its RSA key. */
  readonly secret?: string | null | undefined
  /** Default: the key. */
  readonly name?: string | null | undefined
  readonly callbacks?: readonly string[] | null | undefined
  /** PEM or JWK text. */
  readonly rsaPublicKey?: string | null | undefined
  /** Its owner's name in the source. */
  readonly owner?: string | null | undefined
  /** Seconds since 1970. */
  readonly createdAt?: number | undefined
  /** The OAuth 2 client that may exchange its tokens; if absent or empty, the pair stays as it is. */
  readonly oauth2ClientId?: string | undefined
}

/** A token of another provider. Undefined and null mean what they do in a client. */
export interface ImportedToken {
  readonly kind: 'token'
  readonly at: string
  /** The key of its client. */
  readonly client: string
  readonly token: string
  readonly secret: string
  /** Its user's name in the source; without one, it is the client's own. */
  readonly user?: string | null | undefined
  /** Space-separated. */
  readonly scope?: string | null | undefined
  /** Seconds since 1970. */
  readonly createdAt?: number | undefined
  /** Without one, it never expires. */
  readonly expiresAt?: number | null | undefined
}

/** A part of the source that cannot be read. */
export interface ImportFault {
  readonly kind: 'fault'
  readonly at: string
  readonly message: string
}

/** A record of a source, in which clients come before their tokens. */
export type ImportRecord = ImportedClient | ImportedToken | ImportFault

/** The outcome for the records of one kind. */
export interface ImportCounts {
  added: number
  /** They existed with other values, and were overwritten. */
  replaced: number
  /** They existed already. */
  unchanged: number
  /** Expired tokens, which are left out. */
  expired: number
  faulty: number
}

export interface ImportOptions {
  /** Only report what would happen. */
  readonly dryRun?: boolean
  /** Write the records without faults, even if others have some. Default: nothing is written then. */
  readonly skipFaulty?: boolean
  /** Overwrite records that differ here. Default: it is a fault. */
  readonly replace?: boolean
  /** Create accounts without a password for missing users. Default: they are a fault. */
  readonly createUsers?: boolean
  /** Maps a user name of the source to the name here; default: the same name. */
  readonly userName?: (name: string) => string | undefined
  /** Called once for every fault. */
  readonly onFault?: (fault: ImportFault) => void
}

export interface ImportReport {
  /** Accounts that were created. */
  readonly users: number
  readonly clients: Readonly<ImportCounts>
  readonly tokens: Readonly<ImportCounts>
  readonly faults: number
  /** False after a dry run, and if a fault prevented all writing. */
  readonly isWritten: boolean
}
