/** The operator's brand, as shown on pages. */
export interface Brand {
  readonly name: string
  readonly logo: { readonly path: string; readonly type: string }
  /** The path of the stylesheet with its colours; undefined for the defaults. */
  readonly stylesheet: string | undefined
  readonly links: BrandLinks
}

export interface BrandLinks {
  readonly supportUrl?: string | undefined
  readonly termsUrl?: string | undefined
  readonly privacyUrl?: string | undefined
}
