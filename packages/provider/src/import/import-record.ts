/** A client as another provider has it. Its key and secret stay what they are. */
export interface ImportedClient {
  readonly kind: 'client'
  /** Where it stands in the source, for the person who has to mend it: `clients.csv, row 7`. */
  readonly at: string
  readonly key: string
  /** Empty for one that signs with its RSA key alone. */
  readonly secret: string
  /** Default: the key. */
  readonly name?: string | undefined
  readonly callbacks: readonly string[]
  /** PEM or JWK text. */
  readonly rsaPublicKey?: string | undefined
  /** The user who owns it, as the source calls them. */
  readonly owner?: string | undefined
  /** Seconds since 1970. */
  readonly createdAt?: number | undefined
  /** The OAuth 2 client that may exchange its tokens; absent leaves the pair as it is. */
  readonly oauth2ClientId?: string | undefined
}

/** A token as another provider has it. */
export interface ImportedToken {
  readonly kind: 'token'
  readonly at: string
  /** The key of its client. */
  readonly client: string
  readonly token: string
  readonly secret: string
  /** Whose access it is, as the source calls them; undefined for none. */
  readonly user?: string | undefined
  /** Space-separated. */
  readonly scope?: string | undefined
  /** Seconds since 1970. */
  readonly createdAt?: number | undefined
  /** Absent for one that never expires. */
  readonly expiresAt?: number | undefined
}

/** A place of the source that cannot be read. */
export interface ImportFault {
  readonly kind: 'fault'
  readonly at: string
  readonly message: string
}

/** What a source holds, clients before their tokens. */
export type ImportRecord = ImportedClient | ImportedToken | ImportFault

/** What became of the records of one kind. */
export interface ImportCounts {
  added: number
  /** They were there otherwise, and were overwritten. */
  replaced: number
  /** They were there already. */
  unchanged: number
  /** Tokens that had ended by themselves: they are left out. */
  expired: number
  faulty: number
}

export interface ImportOptions {
  /** Only look what would happen. */
  readonly dryRun?: boolean
  /** Write the records without faults, even if others have some. Default: nothing is written then. */
  readonly skipFaulty?: boolean
  /** Overwrite records that differ here. Default: it is a fault. */
  readonly replace?: boolean
  /** Make accounts without a password for users that are not there. Default: they are a fault. */
  readonly createUsers?: boolean
  /** What a user of the source is called here; without it as there. */
  readonly userName?: (name: string) => string | undefined
  /** Is told of every fault, once. */
  readonly onFault?: (fault: ImportFault) => void
}

export interface ImportReport {
  /** Accounts that were made. */
  readonly users: number
  readonly clients: Readonly<ImportCounts>
  readonly tokens: Readonly<ImportCounts>
  readonly faults: number
  /** False after a dry run, and where a fault kept everything from being written. */
  readonly isWritten: boolean
}
