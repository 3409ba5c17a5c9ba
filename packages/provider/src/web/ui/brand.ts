import { ConfigurationError } from 'countersign'
import { html } from 'hono/html'
import { readLogoFile } from '../../settings/logo-file.ts'
import type { ProviderSettings } from '../../settings/settings.ts'
import type { Texts } from '../../texts/texts.ts'
import type { Brand, BrandLinks } from '../http/brand.ts'
import { type Asset, assetOf, favicon } from './assets.ts'
import { colorStylesheet } from './brand-colors.ts'
import type { Html } from './text.ts'

/** The brand from the settings, with the files that pages use. */
export function brandOf({ name, logoFile, color, ...links }: ProviderSettings['brand']): {
  readonly brand: Brand
  readonly assets: readonly Asset[]
} {
  const logo = logoFile === undefined ? favicon : logoAsset(logoFile)
  const sheet =
    color === undefined ? undefined : assetOf('brand.css', 'text/css; charset=utf-8', colorStylesheet(color))
  return {
    brand: { name, logo, stylesheet: sheet?.path, links },
    assets: [...(logo === favicon ? [] : [logo]), ...(sheet ? [sheet] : [])],
  }
}

/** @throws ConfigurationError when the file was changed since the settings were checked. */
function logoAsset(path: string): Asset {
  const logo = readLogoFile(path)
  if ('fault' in logo) throw new ConfigurationError(`brand.logoFile: ${path} ${logo.fault}`)
  return assetOf(`logo.${logo.extension}`, logo.type, logo.content)
}

/** Links to the operator's own pages, to read before deciding or signing up; they open in a new tab. */
export function brandLinks({ brand }: Texts, { termsUrl, privacyUrl }: BrandLinks): Html[] {
  return [
    ...(termsUrl === undefined ? [] : [elsewhere(termsUrl)(html`${brand.terms()}`)]),
    ...(privacyUrl === undefined ? [] : [elsewhere(privacyUrl)(html`${brand.privacy()}`)]),
  ]
}

/** The terms of signing up, if the operator set any. */
export function signUpTerms({ brand }: Texts, { termsUrl, privacyUrl }: BrandLinks): Html | '' {
  if (termsUrl === undefined && privacyUrl === undefined) return ''
  return html`<p class="hint terms">${termsUrl === undefined ? '' : brand.agree({ a: elsewhere(termsUrl) })} ${privacyUrl === undefined ? '' : brand.dataUse({ a: elsewhere(privacyUrl) })}</p>`
}

function elsewhere(url: string): (label: Html) => Html {
  return (label) => html`<a href="${url}" target="_blank" rel="noopener">${label}</a>`
}
