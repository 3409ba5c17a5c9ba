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

import { RecordError } from '../errors.ts'
import { type Awaitable, combinedOf, type Hooks, standingFor } from '../server/hooks.ts'
import type { Client } from '../server/models.ts'
import { maxOtherSecrets } from '../server/other-keys.ts'
import { keyring, type SealingOptions } from './sealed/keyring.ts'
import type { StoredSecret } from './sealed/reseal.ts'
import { decoyOf, isCurrent, openRecord, partsOf, type SealedRow, seal } from './sealed/sealed-secret.ts'

export type { SealingKey, SealingOptions } from './sealed/keyring.ts'
export { reseal, type StoredSecret } from './sealed/reseal.ts'
export { type SealedRow, sealSecret, unsealSecret } from './sealed/sealed-secret.ts'

/** The options of `sealedHooks`: the keys, and a function that replaces secrets sealed with an older key. */
export interface SealedHookOptions extends SealingOptions {
  /**
   * Re-sealing on read: called with each secret of a client or token that is not sealed with the first key, to write
   * `resealed` in its place if it is still `stored`. It is awaited, and its failure is a failure of the store.
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

/**
 * The same hooks over a store in which `clientSecret`, `otherClientSecrets` and `oauthTokenSecret` are encrypted
 * (AES-256-GCM): opened on reading, sealed on writing. The application itself writes the rows of clients, with
 * `sealSecret`. A secret that does not open is a `RecordError`: the servers refuse its client like an unknown one, and
 * report a fault. `server.listTokens` also reports it, and lists that token with its secret still sealed, so that it
 * can be revoked.
 *
 * @throws ConfigurationError when a key does not have 32 bytes, or an id is malformed or used twice.
 * @example
 * ```ts
 * const hooks = sealedHooks({ ...kyselyHooks(db), ...nonceHooks(cache) }, { keys: [{ id: '2026', key: sealingKey }] })
 * ```
 */
export function sealedHooks<H extends Partial<Hooks>>(hooks: H, options: SealedHookOptions): SealedHooks<H> {
  const keys = keyring(options)
  const decoy = decoyOf(keys)
  /** Opens a secret, and has it replaced if it is not sealed with the first key. */
  const opened = async (stored: string, row: SealedRow): Promise<string> => {
    if (partsOf(keys, stored) === undefined) decoy()
    const secret = openRecord(keys, stored, row)
    const isOlder = typeof secret === 'string' && row.kind !== 'temporary' && !isCurrent(keys, stored)
    if (options.replace && isOlder)
      await options.replace({ ...row, stored, resealed: seal(keys, secret, row) })
    return secret
  }
  /** The largest number of any client read so far: a client with fewer must take the same time. */
  let mostOthers = 0
  const openOthers = async (client: Client | undefined): Promise<readonly string[] | undefined> => {
    const others: readonly string[] = Array.isArray(client?.otherClientSecrets)
      ? client.otherClientSecrets
      : []
    mostOthers = Math.max(mostOthers, Math.min(others.length, maxOtherSecrets))
    for (let missing = others.length; missing < mostOthers; missing++) decoy()
    if (client === undefined || others.length === 0) return undefined
    const secrets = []
    for (const stored of others)
      secrets.push(await opened(stored, { kind: 'client', clientId: client.clientId }))
    return secrets
  }
  const openClient = async <R extends Client | undefined>(client: R): Promise<R> => {
    const stored = client?.clientSecret
    const otherClientSecrets = await openOthers(client)
    const others = otherClientSecrets && { otherClientSecrets }
    if (!client || stored === undefined || stored === null) {
      decoy()
      return client && others ? copyWith(client, others) : client
    }
    const clientSecret = await opened(stored, { kind: 'client', clientId: client.clientId })
    return clientSecret === stored && !others ? client : copyWith(client, { clientSecret, ...others })
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
    wrapped.listTokens = async (filter, unusable) => {
      const rows = []
      for (const row of await listTokens.call(hooks, filter, unusable)) {
        try {
          // One by one, because each may have to be replaced.
          rows.push(await openCredential('token', row))
        } catch (error) {
          if (unusable === undefined || !(error instanceof RecordError)) throw error
          unusable(error)
          // As stored: a token that cannot be opened can still be revoked.
          rows.push(row)
        }
      }
      return rows
    }
  return { ...hooks, ...wrapped } as SealedHooks<H>
}

type Secretive = { readonly clientId: string; readonly oauthToken: string; readonly oauthTokenSecret: string }

function boundRow(kind: 'temporary' | 'token', { clientId, oauthToken }: Secretive): SealedRow {
  return { kind, clientId, oauthToken }
}

/** A copy of the same class, with the row's other fields and methods: changing an entity itself would write the plain secret back at its next save. */
function copyWith<R extends object>(row: R, fields: object): R {
  return Object.assign(Object.create(Object.getPrototypeOf(row)), row, fields)
}
