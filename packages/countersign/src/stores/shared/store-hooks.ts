import { type Combined, type Hooks, standingFor } from '../../server/hooks.ts'
import type { Client, TokenCredential } from '../../server/models.ts'

/** All hooks; the exchange only if the database driver has transactions. */
export type StoreHooks<C extends Client, T extends TokenCredential> = Required<
  Omit<Hooks<C, T>, 'exchangeTemporaryCredential'>
> &
  Pick<Hooks<C, T>, 'exchangeTemporaryCredential'>

/** The hooks of a store except the look-ups: the ones with which an authorization server writes. */
export type WritingHooks<T extends TokenCredential> = Partial<
  Omit<Hooks<Client, T>, 'queryClient' | 'queryToken' | 'queryClientAndToken'>
>

/** The four hooks of temporary credentials, over their own table or cache. */
export type TemporaryCredentialHooks = Pick<
  Hooks,
  | 'createTemporaryCredential'
  | 'getTemporaryCredential'
  | 'createAuthorizationVerifier'
  | 'consumeTemporaryCredential'
>

export type ExchangeHook<T extends TokenCredential> = NonNullable<
  Hooks<Client, T>['exchangeTemporaryCredential']
>

/** The hook that spends and issues in one transaction, in place of two hooks of the same store. */
export function exchangeInPlaceOf<T extends TokenCredential>(
  hooks: Pick<Hooks<Client, T>, 'consumeTemporaryCredential' | 'createTokenCredential'>,
  exchange: ExchangeHook<T>,
): Combined<ExchangeHook<T>> {
  const { consumeTemporaryCredential, createTokenCredential } = hooks
  return standingFor({ consumeTemporaryCredential, createTokenCredential }, exchange)
}
