/**
 * The policies of well-known OAuth 1.0 services, by name, for a provider that replaces one or works beside it. Each
 * sets methods, places, window, legs and tolerances itself, so that the server's own options do not change them.
 *
 * @example
 * ```ts
 * import { ResourceProtector } from 'countersign'
 * import { mastercard, netsuite } from 'countersign/profiles'
 *
 * new ResourceProtector({ hooks, ...mastercard }) // for every client
 * new ResourceProtector({ hooks, profiles: { netsuite } }) // for clients whose policy is { profile: 'netsuite' }
 * ```
 *
 * @module
 */
export { bricklink } from './bricklink.ts'
export { discogs } from './discogs.ts'
export { etrade } from './etrade.ts'
export { fatsecret } from './fatsecret.ts'
export { jira } from './jira.ts'
export { lti11 } from './lti11.ts'
export { maas } from './maas.ts'
export { magento } from './magento.ts'
export { mastercard } from './mastercard.ts'
export { mediawiki } from './mediawiki.ts'
export { netsuite } from './netsuite.ts'
export { schoology } from './schoology.ts'
export { tumblr } from './tumblr.ts'
export { woocommerce } from './woocommerce.ts'
export { wordpress } from './wordpress.ts'
export { x } from './x.ts'
