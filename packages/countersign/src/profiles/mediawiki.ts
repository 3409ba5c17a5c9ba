import type { Policy } from '../server/policy.ts'

/**
 * [MediaWiki and Wikimedia](https://www.mediawiki.org/wiki/OAuth/For_Developers): HMAC-SHA1 or RSA-SHA1 in the header, also for
 * [owner-only](https://www.mediawiki.org/wiki/OAuth/Owner-only_consumers) tokens. A callback may lie below the registered one;
 * the token endpoints take GET as well. Bots on oauth-1.0a sign an explicit default port.
 */
export const mediawiki: Partial<Policy> = {
  supportedSignatureMethods: ['HMAC-SHA1', 'RSA-SHA1'],
  places: ['header'],
  timestampWindowSeconds: 300,
  twoLegged: false,
  callbackRule: 'prefix',
  getTokenEndpoints: true,
  tolerances: ['default-port'],
}
