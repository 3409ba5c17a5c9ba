/** The operator, as pages show it. */
export interface Brand {
  readonly name: string
  readonly logo: { readonly path: string; readonly type: string }
  /** The path of the stylesheet with its colours; undefined for the usual ones. */
  readonly stylesheet: string | undefined
  readonly links: BrandLinks
}

export interface BrandLinks {
  readonly supportUrl?: string | undefined
  readonly termsUrl?: string | undefined
  readonly privacyUrl?: string | undefined
}
