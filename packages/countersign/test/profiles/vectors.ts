import { pssSigner, rsaSigner } from '../protocol/keys.ts'
import {
  accepted,
  alone,
  card,
  departing,
  hmacSha1,
  initiate,
  initiateByGet,
  issued,
  method,
  old,
  outcome,
  type ProfileName,
  post,
  refused,
  store,
  twice,
  type Vector,
  withToken,
} from './vector.ts'

/** What every service of its kind takes and refuses; the first of each is what its guide shows. */
export const vectors: Readonly<Record<ProfileName, readonly Vector[]>> = {
  netsuite: [
    accepted('HMAC-SHA256 with a realm', { ...withToken, ...method('HMAC-SHA256'), realm: '123456_SB1' }),
    accepted('an explicit :443 that is signed', departing(['default-port'])),
    refused('unsupported_signature_method', 'HMAC-SHA1', { ...withToken, ...method('HMAC-SHA1') }),
    refused('unsupported_parameter', 'the query', { ...withToken, ...method('HMAC-SHA256'), place: 'query' }),
    refused('missing_required_parameter', 'no token', method('HMAC-SHA256')),
    refused('invalid_nonce', 'six minutes', old(360, { ...withToken, ...method('HMAC-SHA256') })),
  ],
  mastercard: [
    accepted(
      'RSA-SHA256 with raw values',
      departing(['raw-oauth-values'], { ...card, name: 'RSA-SHA256', sign: rsaSigner('SHA256') }),
    ),
    accepted('RSA-PSS', departing(['raw-oauth-values'], { ...card, name: 'RSA-PSS', sign: pssSigner(32) })),
    accepted('encoded values', departing([], { ...card, name: 'RSA-SHA256', sign: rsaSigner('SHA256') })),
    accepted(
      'an empty body',
      departing([], { ...card, content: '', method: 'GET', name: 'RSA-SHA256', sign: rsaSigner('SHA256') }),
    ),
    refused(
      'invalid_signature',
      'another body',
      departing(['raw-oauth-values'], {
        ...card,
        altered: '{"amount":9}',
        name: 'RSA-SHA256',
        sign: rsaSigner('SHA256'),
      }),
    ),
    refused(
      'invalid_signature',
      'SHA-1 of the body',
      departing(['sha1-body-hash'], { ...card, name: 'RSA-SHA256', sign: rsaSigner('SHA256') }),
    ),
    refused(
      'invalid_signature',
      'a salt of 20 octets',
      departing([], { ...card, name: 'RSA-PSS', sign: pssSigner(20) }),
    ),
    refused(
      'missing_required_parameter',
      'no body hash',
      departing([], { ...card, bodyHash: false, name: 'RSA-SHA256', sign: rsaSigner('SHA256') }),
    ),
    refused('unsupported_signature_method', 'HMAC-SHA256', departing([], card)),
  ],
  lti11: [
    accepted('a launch', { ...post, place: 'body', oauth: { oauth_callback: 'about:blank' } }),
    accepted('a launch 80 minutes ago', old(4_800, { ...post, place: 'body' })),
    accepted('HMAC-SHA256 (Moodle)', { ...post, place: 'body', ...method('HMAC-SHA256') }),
    accepted(
      'a query that the form repeats (Canvas)',
      departing(['repeated-in-query'], { withToken: false, form: 'course=1&user=2' }),
    ),
    accepted('an outcome with SHA-1 of its body', departing(['sha1-body-hash'], outcome)),
    refused(
      'invalid_signature',
      'another outcome',
      departing(['sha1-body-hash'], { ...outcome, altered: '<x/>' }),
    ),
    refused('unsupported_parameter', 'a launch by its address', { place: 'query' }),
    refused('unsupported_signature_method', 'PLAINTEXT', { ...post, ...method('PLAINTEXT') }),
    refused('invalid_nonce', 'a launch 100 minutes ago', old(6_000, { ...post, place: 'body' })),
  ],
  jira: [
    accepted('RSA-SHA1', { ...withToken, ...method('RSA-SHA1') }),
    accepted('RSA-SHA1 in the query', { ...withToken, ...method('RSA-SHA1'), place: 'query' }),
    issued('a request token', {
      ...initiate,
      ...method('RSA-SHA1'),
      oauth: { oauth_callback: 'oob', oauth_signature_method: 'RSA-SHA1' },
    }),
    refused('unsupported_signature_method', 'HMAC-SHA1', withToken),
    refused('missing_required_parameter', 'no token', method('RSA-SHA1')),
  ],
  magento: [
    accepted('HMAC-SHA256', { ...withToken, ...method('HMAC-SHA256') }),
    accepted('HMAC-SHA1 nine minutes ago', old(540, withToken)),
    refused('invalid_nonce', 'eleven minutes ago', old(660, withToken)),
    refused('unsupported_parameter', 'the form', { ...withToken, ...post, place: 'body' }),
    refused('unsupported_signature_method', 'PLAINTEXT', { ...withToken, ...method('PLAINTEXT') }),
  ],
  woocommerce: [
    accepted('the query, without a token', {
      ...method('HMAC-SHA256'),
      place: 'query',
      url: `${store}/wp-json/wc/v3/orders?page=2`,
    }),
    accepted('HMAC-SHA1 in the header', alone),
    accepted('14 minutes ago', old(840, { place: 'query' })),
    refused('invalid_nonce', '16 minutes ago', old(960, { place: 'query' })),
    refused('invalid_signature', 'a parameter sent twice and signed once', twice),
    refused('unsupported_parameter', 'the form', { ...post, place: 'body' }),
  ],
  wordpress: [
    accepted('HMAC-SHA1', withToken),
    accepted('HMAC-SHA256 in a form', { ...withToken, ...post, ...method('HMAC-SHA256'), place: 'body' }),
    issued('a request token by GET', initiateByGet),
    refused('missing_required_parameter', 'no token', alone),
    refused('invalid_nonce', '16 minutes ago', old(960, withToken)),
  ],
  maas: [
    accepted('PLAINTEXT with an empty client secret', {
      ...withToken,
      ...method('PLAINTEXT'),
      client: { clientId: 'keyed', clientSecret: '' },
      token: { oauthToken: 'keyed-token', oauthTokenSecret: 'token-secret' },
    }),
    refused('unsupported_signature_method', 'HMAC-SHA1', withToken),
    refused('insecure_transport', 'plain HTTP', {
      ...withToken,
      ...method('PLAINTEXT'),
      url: 'http://api.example.com/',
    }),
    refused('invalid_signature', 'an empty client secret alone', {
      ...method('PLAINTEXT'),
      client: { clientId: 'keyed', clientSecret: '' },
    }),
  ],
  etrade: [
    accepted('HMAC-SHA1', withToken),
    issued('a request token by GET', initiateByGet),
    refused('unsupported_signature_method', 'PLAINTEXT', { ...withToken, ...method('PLAINTEXT') }),
    refused('invalid_nonce', 'six minutes ago', old(360, withToken)),
  ],
  schoology: [
    accepted('an empty token', { oauth: { oauth_token: '' } }),
    accepted(
      'an empty token that is signed and not sent',
      departing(['empty-token'], { withToken: false, name: 'HMAC-SHA1', sign: hmacSha1 }),
    ),
    accepted('PLAINTEXT', { ...withToken, ...method('PLAINTEXT') }),
    issued('a request token by GET', initiateByGet),
    refused('unsupported_parameter', 'the query', { ...withToken, place: 'query' }),
  ],
  mediawiki: [
    accepted('HMAC-SHA1', { ...withToken, url: `${store}/w/api.php?action=query&meta=userinfo` }),
    accepted('RSA-SHA1', { ...withToken, ...method('RSA-SHA1') }),
    issued('a request token by GET', {
      ...initiateByGet,
      url: `${store}/w/index.php?title=Special%3AOAuth%2Finitiate`,
    }),
    issued('a callback below the registered one', {
      ...initiate,
      oauth: { oauth_callback: 'https://tool.example.com/ready/42' },
    }),
    issued(
      'a callback elsewhere',
      { ...initiate, oauth: { oauth_callback: 'https://evil.example.com/ready' } },
      'invalid_request',
    ),
    refused('unsupported_signature_method', 'PLAINTEXT', { ...withToken, ...method('PLAINTEXT') }),
    refused('missing_required_parameter', 'no token', alone),
  ],
  x: [
    accepted('a form', { ...withToken, ...post }),
    issued('a PIN', initiate),
    issued(
      'a callback below the registered one',
      { ...initiate, oauth: { oauth_callback: 'https://tool.example.com/ready/42' } },
      'invalid_request',
    ),
    issued('a request token by GET', initiateByGet, 'method_not_allowed'),
    refused('unsupported_signature_method', 'HMAC-SHA256', { ...withToken, ...method('HMAC-SHA256') }),
  ],
  tumblr: [
    accepted('HMAC-SHA1', { ...withToken, ...post }),
    refused('unsupported_parameter', 'the query', { ...withToken, place: 'query' }),
    refused('missing_required_parameter', 'no token', alone),
  ],
  discogs: [
    accepted('PLAINTEXT', { ...withToken, ...method('PLAINTEXT') }),
    accepted('HMAC-SHA1', withToken),
    issued('a request token by GET', initiateByGet),
    refused('insecure_transport', 'PLAINTEXT over plain HTTP', {
      ...withToken,
      ...method('PLAINTEXT'),
      url: 'http://api.example.com/',
    }),
    refused('missing_required_parameter', 'no token', alone),
  ],
  bricklink: [
    accepted('HMAC-SHA1', { ...withToken, realm: '', url: `${store}/orders?direction=in` }),
    refused('missing_credentials', 'JSON in the query', () => ({
      method: 'GET',
      url: `${store}/orders?Authorization=%7B%22oauth_version%22%3A%221.0%22%7D`,
      headers: {},
    })),
    refused('missing_required_parameter', 'no token', alone),
  ],
  fatsecret: [
    accepted('the query, by the client alone', {
      place: 'query',
      url: `${store}/rest/server.api?method=foods.search`,
    }),
    accepted('the form, with a token', { ...withToken, ...post, place: 'body' }),
    issued('a request token by GET', { ...initiateByGet, place: 'query' }),
    refused('unsupported_signature_method', 'HMAC-SHA256', { ...method('HMAC-SHA256'), place: 'query' }),
  ],
}
