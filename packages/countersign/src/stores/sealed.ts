/**
 * Secrets encrypted in the store (AES-256-GCM), over any store.
 *
 * @example
 * ```ts
 * import { sealedHooks } from 'countersign/sealed'
 *
 * const hooks = sealedHooks(kyselyHooks(db), { keys: [{ id: '2026', key: sealingKey }] })
 * ```
 *
 * @module
 */

import { aesGcmOpen, aesGcmSeal, importAesKey } from '../crypto/aes-gcm.ts'
import { ConfigurationError, RecordError, StoreError } from '../errors.ts'
import { type Awaitable, combinedOf, type Hooks, standingFor } from '../server/hooks.ts'
import type { Client } from '../server/models.ts'
import { aFunction, checkOptions, type Kind, type Kinds, trueOrFalse } from '../server/option-kinds.ts'

/** A key that secrets are sealed with. */
export interface SealingKey {
  /** Stands in every value that this key sealed: 1 to 16 of `A-Z a-z 0-9 - _`. Never use one again for another key. */
  readonly id: string
  /** 32 random octets, or their base64 (`openssl rand -base64 32`). */
  readonly key: Uint8Array | string
}

/** Which keys seal and open, and what becomes of values that were never sealed. */
export interface SealingOptions {
  /** The first one seals, all of them open: to rotate, put the new one first and `reseal` what the others sealed. */
  readonly keys: readonly SealingKey[]
  /** Refuse values that are not sealed: for when the migration is done. Default false: they are taken as they are. */
  readonly requireSealed?: boolean
}

/** What `sealedHooks` takes: the keys, and who writes anew what an older key sealed. */
export interface SealedHookOptions extends SealingOptions {
  /**
   * Re-sealing on read: is told of each client's or token's secret that is not sealed with the first key, to write
   * `resealed` in its place where it still is `stored`. It is waited for, and its failure is a failure of the store.
   */
  readonly replace?: (secret: StoredSecret & { readonly resealed: string }) => Awaitable<unknown>
}

type SealedName =
  | 'queryClient'
  | 'queryToken'
  | 'queryClientAndToken'
  | 'createTemporaryCredential'
  | 'getTemporaryCredential'
  | 'createTokenCredential'
  | 'exchangeTemporaryCredential'
  | 'listTokens'
type Asynchronous<F> = F extends (...parameters: infer P) => infer R
  ? (...parameters: P) => Promise<Awaited<R>>
  : F

/** The hooks of a store; those that open or seal a secret are asynchronous. */
export type SealedHooks<H> = { [Name in keyof H]: Name extends SealedName ? Asynchronous<H[Name]> : H[Name] }

/** The row that a secret belongs to. Its value opens nowhere else. */
export type SealedRow =
  | { readonly kind: 'client'; readonly clientId: string }
  | { readonly kind: 'temporary' | 'token'; readonly clientId: string; readonly oauthToken: string }

/**
 * The same hooks over a store in which `clientSecret` and `oauthTokenSecret` are encrypted (AES-256-GCM): opened where
 * they are read, sealed where they are written. Rows of clients are written by the application: with `sealSecret`.
 * A secret that does not open is a `RecordError`: the servers refuse its client like an unknown one, and report a fault.
 *
 * @throws ConfigurationError when a key is not of 32 octets, or an id is malformed or given twice.
 * @example
 * ```ts
 * const hooks = sealedHooks({ ...kyselyHooks(db), ...nonceHooks(cache) }, { keys: [{ id: '2026', key: sealingKey }] })
 * ```
 */
export function sealedHooks<H extends Partial<Hooks>>(hooks: H, options: SealedHookOptions): SealedHooks<H> {
  const keys = keyring(options)
  const decoy = decoyOf(keys)
  /** Opens a secret, and lets it be replaced where it is not sealed with the first key. */
  const opened = async (stored: string, row: SealedRow): Promise<string> => {
    if (partsOf(keys, stored) === undefined) decoy()
    const secret = openRecord(keys, stored, row)
    const isOlder = typeof secret === 'string' && row.kind !== 'temporary' && !isCurrent(keys, stored)
    if (options.replace && isOlder)
      await options.replace({ ...row, stored, resealed: seal(keys, secret, row) })
    return secret
  }
  const openClient = async <R extends Client | undefined>(client: R): Promise<R> => {
    const stored = client?.clientSecret
    if (!client || stored === undefined || stored === null) {
      decoy()
      return client
    }
    const clientSecret = await opened(stored, { kind: 'client', clientId: client.clientId })
    return clientSecret === stored ? client : copyWith(client, { clientSecret })
  }
  const openCredential = async <R extends Secretive | undefined>(
    kind: 'temporary' | 'token',
    row: R,
  ): Promise<R> => {
    if (!row) {
      decoy()
      return row
    }
    const stored = row.oauthTokenSecret
    const oauthTokenSecret = await opened(stored, boundRow(kind, row))
    return oauthTokenSecret === stored ? row : copyWith(row, { oauthTokenSecret })
  }
  const sealCredential = <R extends Secretive>(kind: 'temporary' | 'token', row: R): R =>
    copyWith(row, { oauthTokenSecret: seal(keys, row.oauthTokenSecret, boundRow(kind, row)) })

  const { queryClient, queryToken, listTokens } = hooks
  const { createTemporaryCredential, getTemporaryCredential, createTokenCredential } = hooks
  const queryClientAndToken = combinedOf(hooks, hooks.queryClientAndToken)
  const exchange = combinedOf(hooks, hooks.exchangeTemporaryCredential)
  const wrapped: Partial<Hooks> = {}
  if (queryClient)
    wrapped.queryClient = async (clientId) => openClient(await queryClient.call(hooks, clientId))
  if (queryToken)
    wrapped.queryToken = async (clientId, oauthToken) =>
      openCredential('token', await queryToken.call(hooks, clientId, oauthToken))
  if (queryClientAndToken) {
    const both: typeof queryClientAndToken = async (clientId, oauthToken) => {
      const { client, token } = await queryClientAndToken.call(hooks, clientId, oauthToken)
      return { client: await openClient(client), token: await openCredential('token', token) }
    }
    wrapped.queryClientAndToken = standingFor({ ...wrapped }, both)
  }
  if (createTemporaryCredential)
    wrapped.createTemporaryCredential = async (row) =>
      createTemporaryCredential.call(hooks, sealCredential('temporary', row))
  if (getTemporaryCredential)
    wrapped.getTemporaryCredential = async (oauthToken) =>
      openCredential('temporary', await getTemporaryCredential.call(hooks, oauthToken))
  if (createTokenCredential)
    wrapped.createTokenCredential = async (row) =>
      openCredential('token', await createTokenCredential.call(hooks, sealCredential('token', row)))
  if (exchange) {
    const sealedExchange: typeof exchange = async (oauthToken, row) =>
      openCredential('token', await exchange.call(hooks, oauthToken, sealCredential('token', row)))
    const { consumeTemporaryCredential } = hooks
    wrapped.exchangeTemporaryCredential = standingFor(
      { consumeTemporaryCredential, createTokenCredential: wrapped.createTokenCredential },
      sealedExchange,
    )
  }
  if (listTokens)
    wrapped.listTokens = async (filter) => {
      const rows = []
      // One by one: each may have to be replaced.
      for (const row of await listTokens.call(hooks, filter)) rows.push(await openCredential('token', row))
      return rows
    }
  return { ...hooks, ...wrapped } as SealedHooks<H>
}

/**
 * A secret as it is to be stored in its row: `sealed1.`, the key's id, a dot and base64url, which is 46 characters and
 * a third more than the secret.
 *
 * @throws ConfigurationError as `sealedHooks`.
 * @example
 * ```ts
 * insert({ clientId, clientSecret: sealSecret(secret, { kind: 'client', clientId }, { keys }) })
 * ```
 */
export function sealSecret(secret: string, row: SealedRow, options: SealingOptions): string {
  return seal(keyring(options), secret, row)
}

/**
 * The secret in a stored value; one that was never sealed is returned as it is, unless `requireSealed` is set.
 *
 * @throws StoreError when the value was changed, or belongs to another row; ConfigurationError when its key is not among `keys`.
 */
export function unsealSecret(stored: string, row: SealedRow, options: SealingOptions): string {
  return open(keyring(options), stored, row)
}

/** A stored secret and the row it lies in, as `reseal` takes it. */
export type StoredSecret = SealedRow & { readonly stored: string }

/**
 * Goes over stored secrets and yields those that are not sealed with the first key, each with the value to put in its
 * place. Write it with `where secret = stored`, and the rest of the application may go on meanwhile. Run it again and
 * it yields nothing: then `requireSealed` can be set, and older keys can go.
 *
 * @throws StoreError and ConfigurationError as `unsealSecret`; `requireSealed` is not asked for.
 * @example
 * ```ts
 * for await (const { clientId, stored, resealed } of reseal(rows, { keys })) await replace(clientId, stored, resealed)
 * ```
 */
export async function* reseal<R extends StoredSecret>(
  rows: Iterable<R> | AsyncIterable<R>,
  options: SealingOptions,
): AsyncGenerator<R & { readonly resealed: string }> {
  const keys = keyring({ ...options, requireSealed: false })
  for await (const row of rows) {
    if (isCurrent(keys, row.stored)) continue
    yield { ...row, resealed: seal(keys, open(keys, row.stored, row), row) }
  }
}

type AesKey = ReturnType<typeof importAesKey>

interface Keyring {
  readonly sealing: { readonly id: string; readonly key: AesKey }
  readonly byId: ReadonlyMap<string, AesKey>
  readonly requireSealed: boolean
}

type Secretive = { readonly clientId: string; readonly oauthToken: string; readonly oauthTokenSecret: string }

const sealingKeys: Kind = {
  must: "a list of keys, such as [{ id: '2026', key }]",
  holds: (value) => Array.isArray(value) && value.every((key) => typeof key === 'object' && key !== null),
}
const sealingOptions: Kinds<SealedHookOptions> = {
  keys: sealingKeys,
  requireSealed: trueOrFalse,
  replace: aFunction,
}
const keyOptions: Kinds<SealingKey> = {
  // Looked at one by one below, in words that show nothing of them.
  id: { must: '', holds: () => true },
  key: { must: '', holds: () => true },
}

function keyring(options: SealingOptions): Keyring {
  checkOptions('sealing', options, sealingOptions)
  const { keys = [], requireSealed = false } = options
  for (const key of keys) checkOptions('a sealing key', key, keyOptions)
  const byId = new Map<string, AesKey>()
  for (const { id, key } of keys) {
    if (typeof id !== 'string' || !/^[\w-]{1,16}$/.test(id))
      throw new ConfigurationError(
        `The id of a sealing key must be 1 to 16 of A-Z a-z 0-9 - _; it is ${JSON.stringify(id)}.`,
      )
    if (byId.has(id)) throw new ConfigurationError(`Two sealing keys have the id ${id}.`)
    byId.set(id, importSealingKey(id, key))
  }
  const [sealing] = byId
  if (sealing === undefined)
    throw new ConfigurationError('keys names no sealing key: the first one seals, all of them open.')
  return { sealing: { id: sealing[0], key: sealing[1] }, byId, requireSealed }
}

function importSealingKey(id: string, key: Uint8Array | string | undefined): AesKey {
  const octets = typeof key === 'string' ? Buffer.from(key, 'base64') : key
  if (octets?.length === 32) return importAesKey(octets)
  throw new ConfigurationError(
    `The sealing key ${id} must be 32 octets or their base64 (openssl rand -base64 32); it has ${octets?.length ?? 'no'} octets.`,
  )
}

/** What a value is bound to: no two rows have the same text here, so that a known secret cannot be moved into another row. */
function bindingOf(row: SealedRow): string {
  const { kind, clientId } = row
  return `${kind}:${clientId.length}:${clientId}${kind === 'client' ? '' : row.oauthToken}`
}

function seal({ sealing }: Keyring, secret: string, row: SealedRow): string {
  return `sealed1.${sealing.id}.${aesGcmSeal(sealing.key, secret, bindingOf(row))}`
}

/** Whether the value is sealed with the key that seals now. */
function isCurrent(keys: Keyring, stored: string): boolean {
  return partsOf(keys, stored)?.id === keys.sealing.id
}

/** The parts of a sealed value; undefined for a plain secret, even for one that begins like a sealed value. */
function partsOf(
  { byId }: Keyring,
  stored: string,
): { readonly id: string; readonly sealed: string } | undefined {
  const [, id, sealed] = /^sealed1\.([\w-]{1,16})\.(.*)$/s.exec(stored) ?? []
  if (id === undefined || sealed === undefined) return undefined
  return byId.has(id) || /^[\w-]{38,}$/.test(sealed) ? { id, sealed } : undefined
}

function open(keys: Keyring, stored: string, row: SealedRow): string {
  const parts = partsOf(keys, stored)
  if (parts === undefined) {
    if (!keys.requireSealed) return stored
    throw new StoreError(`The ${nameOf(row)} is not sealed, and requireSealed is set. Seal it with reseal().`)
  }
  const { id, sealed } = parts
  const key = keys.byId.get(id)
  if (key === undefined) {
    throw new ConfigurationError(
      `The ${nameOf(row)} is sealed with the key "${id}", which is not among keys. Keep an old key until reseal() finds nothing of it.`,
    )
  }
  const secret = aesGcmOpen(key, sealed, bindingOf(row))
  if (secret === undefined) {
    throw new StoreError(
      `The ${nameOf(row)} does not open: it was changed, it belongs to another row, or ${id} is now another key.`,
    )
  }
  return secret
}

/** As `open`; but what is wrong is this row's, and the servers must not show it to strangers. */
function openRecord(keys: Keyring, stored: string, row: SealedRow): string {
  try {
    return open(keys, stored, row)
  } catch (error) {
    throw new RecordError(row.clientId, (error as Error).message, { cause: error })
  }
}

/** Opens a value that belongs to no row: where there is nothing to open, the time must not tell. */
function decoyOf(keys: Keyring): () => void {
  const row = { kind: 'client', clientId: '' } as const
  let sealed: string | undefined
  return () => {
    sealed ??= seal(keys, 'x'.repeat(48), row)
    open(keys, sealed, row)
  }
}

function nameOf({ kind, clientId }: SealedRow): string {
  return kind === 'client'
    ? `secret of the client ${clientId}`
    : `secret of a ${kind} credential of the client ${clientId}`
}

function boundRow(kind: 'temporary' | 'token', { clientId, oauthToken }: Secretive): SealedRow {
  return { kind, clientId, oauthToken }
}

/** A copy of the same class, with the row's other fields and methods: changing an entity itself would write the plain secret back at its next save. */
function copyWith<R extends object>(row: R, fields: object): R {
  return Object.assign(Object.create(Object.getPrototypeOf(row)), row, fields)
}
