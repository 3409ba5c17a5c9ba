import type { ProviderSettings } from '../../settings/settings.ts'
import type { Texts } from '../../texts/texts.ts'
import type { BrandLinks } from '../http/brand.ts'

/** The ways to sign in to this site. */
export interface Entrance {
  /** With a password of this site. */
  readonly hasOwnAccounts: boolean
  readonly registration: ProviderSettings['registration']
  /** Anyone may create an account. */
  readonly canSignUp: boolean
  /** Through the identity provider; `name` is undefined if the operator gave none. */
  readonly elsewhere: { readonly name: string | undefined } | undefined
  /** Where to ask the people who run the site. */
  readonly supportUrl: string | undefined
  /** What to read before signing up. */
  readonly links: BrandLinks
}

export function entranceOf({
  ownAccounts,
  registration,
  oidc,
  brand,
}: Pick<ProviderSettings, 'ownAccounts' | 'registration' | 'oidc' | 'brand'>): Entrance {
  return {
    hasOwnAccounts: ownAccounts,
    registration,
    canSignUp: ownAccounts && registration === 'open',
    elsewhere: oidc && { name: oidc.name },
    supportUrl: brand.supportUrl,
    links: brand,
  }
}

/** The name of the identity provider. */
export function providerName({ signIn }: Texts, elsewhere: Entrance['elsewhere']): string {
  return elsewhere?.name ?? signIn.yourProvider()
}
