import type { Client, TemporaryCredential, TokenCredential } from '../../server/models.ts'
import type { Kind, Kinds } from '../../server/option-kinds.ts'
import type { StoredLife, WithLife } from '../shared/token-life.ts'

/** A client as stored in its table. */
export interface ClientRow {
  readonly clientId: string
  readonly clientSecret?: string | null | undefined
  /** Zero or more callback URIs, separated by white space. */
  readonly defaultRedirectUri?: string | null | undefined
  /** PEM text, or a JWK as JSON. */
  readonly rsaPublicKey?: string | null | undefined
  /** A `ClientPolicy` as JSON: text, or the value of a `Json` column. */
  readonly policy?: unknown
}

/** A client from a row, with the application's own columns. */
export type ClientFromRow<R extends ClientRow> = Omit<R, 'rsaPublicKey' | 'policy'> &
  Pick<Client, 'rsaPublicKey' | 'policy'> & { readonly callbacks: readonly string[] }

/** The subset of Prisma's `prisma.oauthClient` that countersign uses. */
export interface PrismaClients<R extends ClientRow = ClientRow> {
  findFirst(args: { where: { clientId: string } }): PromiseLike<R | null>
}

/** A token credential as stored in its table, with times as Prisma reads 64-bit integers. */
export type StoredTokenCredential = Omit<TokenCredential, keyof StoredLife> & StoredLife

/** A token credential from a row, with the application's own columns. */
export type TokenCredentialFromRow<T extends StoredTokenCredential> = WithLife<T>

/** The subset of Prisma's `prisma.oauthTokenCredential` that countersign uses. */
export interface PrismaTokenCredentials<T extends StoredTokenCredential = StoredTokenCredential> {
  findFirst(args: { where: TokenWhere }): PromiseLike<T | null>
  findMany(args: { where: { clientId?: string; userId?: AnyUserId } }): PromiseLike<T[]>
  createMany(args: { data: TokenData[] }): PromiseLike<Count>
  updateMany(args: { where: AnyLife; data: AnyLife }): PromiseLike<Count>
  deleteMany(args: { where: TokenWhere }): PromiseLike<Count>
}

/** The subset of Prisma's `prisma.oauthTokenCredential` that a sweep uses. */
export interface PrismaExpiringTokens {
  findMany(args: AnyLife): PromiseLike<{ oauthToken: string }[]>
  deleteMany(args: { where: { oauthToken: { in: string[] } } }): PromiseLike<Count>
}

/** The subset of Prisma's `prisma.oauthTemporaryCredential` that countersign uses. */
export interface PrismaTemporaryCredentials {
  findFirst(args: { where: LiveWhere }): PromiseLike<TemporaryCredentialRow | null>
  createMany(args: { data: TemporaryCredentialData[] }): PromiseLike<Count>
  updateMany(args: { where: LiveWhere & { oauthVerifier: null }; data: GrantData }): PromiseLike<Count>
  deleteMany(args: { where: LiveWhere | { oauthToken: { in: string[] } } }): PromiseLike<Count>
  findMany(args: ExpiredArgs & { select: { oauthToken: true } }): PromiseLike<{ oauthToken: string }[]>
}

/** The subset of Prisma's `prisma.oauthNonce` that countersign uses. */
export interface PrismaNonces {
  createMany(args: { data: { nonceKey: string; expiresAt: number }[] }): PromiseLike<Count>
  deleteMany(args: { where: { nonceKey: { in: string[] } } }): PromiseLike<Count>
  findMany(args: ExpiredArgs & { select: { nonceKey: true } }): PromiseLike<{ nonceKey: string }[]>
}

/** The delegates of a generated Prisma client, for the models that `prismaSchema` describes or models like them. */
export interface PrismaModels<
  R extends ClientRow = ClientRow,
  T extends StoredTokenCredential = StoredTokenCredential,
> {
  readonly client: PrismaClients<R>
  readonly tokenCredential: PrismaTokenCredentials<T>
  readonly temporaryCredential: PrismaTemporaryCredentials
  readonly nonce: PrismaNonces
}

/** A delegate is a proxy that creates its functions when they are called. */
const aDelegate: Kind = {
  must: 'a model of the Prisma client, such as prisma.oauthClient',
  holds: (value) => (typeof value === 'object' && value !== null) || typeof value === 'function',
}

export const modelKinds: Kinds<PrismaModels> = {
  client: aDelegate,
  tokenCredential: aDelegate,
  temporaryCredential: aDelegate,
  nonce: aDelegate,
}

/** Which token credential to find. */
export interface TokenWhere {
  readonly clientId: string
  readonly oauthToken: string
}
type LiveWhere = { oauthToken: string; expiresAt: { gt: number } }
type ExpiredArgs = { where: { expiresAt: { lte: number } }; orderBy: { expiresAt: 'asc' }; take: number }
type Count = { readonly count: number }
type TemporaryCredentialRow = Omit<TemporaryCredential, 'expiresAt'> & {
  readonly expiresAt: number | bigint
}
type TemporaryCredentialData = {
  clientId: string
  oauthToken: string
  oauthTokenSecret: string
  oauthCallback: string
  expiresAt: number
  scope?: string
}
type GrantData = { userId: AnyUserId; oauthVerifier: string; scope?: string }
type TokenData = {
  clientId: string
  oauthToken: string
  oauthTokenSecret: string
  userId: AnyUserId
  scope?: string
  expiresAt?: number
  lastUsedAt?: number
}
/** The application's model decides: a string, a number or a bigint. */
// biome-ignore lint/suspicious/noExplicitAny: a narrower type would not fit a model that has another
type AnyUserId = any
/** The application's model may lack the fields. */
// biome-ignore lint/suspicious/noExplicitAny: a narrower type would not fit a model that lacks them
type AnyLife = any
