import { privatePem, spkiPem } from '../protocol/keys.ts'
import type { Call, Credentials } from './mistaken-client.ts'

const plain: Credentials = {
  clientId: 'dpf43f3p2l4k3l03',
  clientSecret: 'kd94hf93k423kf44',
  token: 'nnch734d00sl2jdk',
  tokenSecret: 'pfkkdhi9sl3r4s00',
  temporarySecret: 'hdhd0244k9j7ao03',
}
/** Secrets that have to be encoded in the key. */
const reserved: Credentials = {
  ...plain,
  clientSecret: 'Ab/9+x=!kd94*hf',
  tokenSecret: 'k&7 (dm)~q%2Bz+1',
}
const escapes: Credentials = { ...plain, clientSecret: 'a%2Fb%3Dkd94hf93', tokenSecret: 'p%2Bfkkdhi9s' }
/** As if it were base64 of something. */
const padded: Credentials = { ...plain, clientSecret: 'c2VjcmV0LW9mLXRoZS1jbGllbnQ=' }
const { token: _, tokenSecret: __, temporarySecret: ___, ...twoLegged } = plain
const withKeys: Credentials = { ...plain, privateKey: privatePem, publicKey: spkiPem }
const keysAlone: Credentials = { ...twoLegged, privateKey: privatePem, publicKey: spkiPem, clientSecret: '' }

const api = 'https://api.example.com'
const get = { method: 'GET', credentials: plain } as const
const post = { method: 'POST', credentials: plain } as const
const json = { type: 'application/json', text: '{"title":"A cat","tags":["b","a"],"public":true,"note":""}' }

/** The kinds of request to which mistakes are made; each is right to begin with. */
export const kinds: Readonly<Record<string, Call>> = {
  'a GET with a query': {
    ...get,
    url: 'https://photos.example.net/Photos?file=vacation.jpg&size=original',
    realm: 'Photos',
  },
  'a GET without parameters': { ...get, url: 'http://photos.example.net/' },
  'a form': {
    ...post,
    url: `${api}/1.1/statuses/update.json`,
    form: 'status=Hello%20Ladies%20%2B%20Gentlemen%2C%20a%20signed%20(OAuth)%20request%21&include_entities=true',
    oauth: [['oauth_version', '1.0']],
  },
  'a form with blanks as plus': { ...post, url: `${api}/search`, form: 'q=two+words+%26+more&lang=&page=2' },
  'a query and a form': {
    ...post,
    url: `${api}/items?list=7&dry+run=no`,
    form: 'name=O%27Brien*&size=1%2F2',
  },
  JSON: { ...post, url: `${api}/v2/photos`, content: json },
  'JSON with a query and a hash': {
    ...post,
    url: `${api}/v2/photos?notify=all&draft=`,
    content: json,
    oauth: [['oauth_body_hash', 'Lve95gjOVATpfV8EL5X4nxwjKHE=']],
  },
  XML: {
    ...post,
    method: 'PUT',
    url: `${api}/v2/order`,
    content: { type: 'text/xml', text: '<order no="1">two &amp; three</order>' },
    methodName: 'HMAC-SHA256',
  },
  'Unicode values': { ...get, url: `${api}/people?name=Ren%C3%A9e&city=M%C3%BCnchen&sign=%E2%98%83` },
  'Unicode values in NFD': { ...get, url: `${api}/people?name=Rene%CC%81e&id=3` },
  'Unicode names': {
    ...post,
    url: `${api}/people?na%C3%AFve=1&name=2`,
    form: 'gr%C3%B6%C3%9Fe=1.80&%E5%90%8D=%E5%B1%B1',
    methodName: 'HMAC-SHA512',
  },
  'a cursor in base64': { ...get, url: `${api}/items?cursor=YWJjZA==&limit=5` },
  'repeated parameters': { ...get, url: `${api}/photos?tag=b&tag=a&id=10&id=9&tag=c` },
  'equal repeats': { ...post, url: `${api}/photos`, form: 'tag=x&tag=x&tag=w&n=1' },
  brackets: { ...get, url: `${api}/photos?filter%5Bid%5D=7&filter%5Btag%5D%5B%5D=x&filter%5Btag%5D%5B%5D=y` },
  'raw brackets': { ...post, url: `${api}/photos?f[id]=1`, form: 'order[]=name&order[]=age' },
  'a path with escapes': { ...get, url: `${api}/files/My%20File%20(1)%2Fcopy's%20caf%C3%A9/?rev=2` },
  'another port': { ...get, url: 'https://api.example.com:8443/v1/items?expand=all' },
  'another port over http': { ...post, url: 'http://127.0.0.1:3000/v1/items', form: 'a=1' },
  'an explicit default port': { ...get, url: 'https://api.example.com:443/v1/items?a=1' },
  'a host in capitals': { ...get, url: 'https://API.Example.com/v1/items?a=1' },
  'a host with www': { ...get, url: 'https://www.example.org/feeds/all?alt=json' },
  'another host in the header': {
    ...get,
    url: `${api}/v1/items?a=1`,
    headers: { host: 'backend-3.local', 'x-forwarded-host': 'api.example.com' },
  },
  'a host in capitals in the header': {
    ...get,
    url: `${api}/v1/items?a=1`,
    headers: { host: 'API.example.com' },
  },
  'another port in the header': {
    ...get,
    url: `${api}/v1/items?a=1`,
    headers: { host: 'api.example.com:8080' },
  },
  'parameters in the query': { ...get, place: 'query', url: `${api}/v1/items?b=2&a=1` },
  'parameters in the query alone': { ...get, place: 'query', url: `${api}/v1/me`, methodName: 'HMAC-SHA256' },
  'parameters in the body': { ...post, place: 'body', url: `${api}/v1/items?x=0`, form: 'b=2&a=1' },
  'parameters of the application in the header': {
    ...get,
    url: `${api}/v1/items?limit=5`,
    inHeader: [['limit', '5']],
  },
  'HMAC-SHA256': { ...get, url: `${api}/v1/items?since=2026-11-26T19:44Z`, methodName: 'HMAC-SHA256' },
  'HMAC-SHA512': { ...post, url: `${api}/v1/items`, form: 'q=a~b', methodName: 'HMAC-SHA512' },
  'HMAC of a client with an RSA key': { ...get, url: `${api}/v1/items?a=b`, credentials: withKeys },
  'RSA-SHA1': { ...get, url: `${api}/v1/items?q=1`, credentials: withKeys, methodName: 'RSA-SHA1' },
  'RSA-SHA256': {
    ...post,
    url: `${api}/v1/items`,
    form: 'q=a*',
    credentials: keysAlone,
    methodName: 'RSA-SHA256',
  },
  PLAINTEXT: { ...get, url: `${api}/v1/items?q=1`, methodName: 'PLAINTEXT' },
  'PLAINTEXT with reserved characters': {
    ...post,
    url: `${api}/v1/items`,
    credentials: reserved,
    methodName: 'PLAINTEXT',
  },
  'no token': { ...get, url: `${api}/catalog?sku=12`, credentials: twoLegged },
  'an empty token': { ...get, url: `${api}/catalog?sku=12`, credentials: { ...twoLegged, token: '' } },
  'a temporary credential': {
    ...post,
    url: `${api}/oauth/initiate`,
    credentials: twoLegged,
    oauth: [['oauth_callback', 'https://client.example.net/back?state=a%20b']],
  },
  'a temporary credential without a callback': {
    ...post,
    url: `${api}/oauth/initiate`,
    credentials: twoLegged,
  },
  'a token': { ...post, url: `${api}/oauth/token`, oauth: [['oauth_verifier', 'hfdp7dh39dks9884']] },
  'names in both cases': {
    ...post,
    url: `${api}/lti/launch`,
    credentials: twoLegged,
    form: 'user_id=29&Roles=Instructor&lis_person=J&Context=S3&ext_d2l=%41&custom_A=1&custom_b=2',
  },
  'empty values': { ...get, url: `${api}/search?q=&flag&page=1` },
  'names of which one begins another': { ...get, url: `${api}/search?a=1&a-b=2&a1=3&id=4&id2=5` },
  'names with reserved characters': { ...get, url: `${api}/search?a.b=1&a%2Fb=2&a%3Ac=3&a~d=4&a%20e=5` },
  'values that hold escapes': { ...get, url: `${api}/go?to=%2Fa%2520b%252Fc&rate=5%25&sum=1%2B1` },
  'an override in the header': {
    ...post,
    url: `${api}/v1/items/1`,
    form: 'a=1',
    headers: { 'x-http-method-override': 'PATCH' },
  },
  'an override in the form': { ...post, url: `${api}/v1/items/1`, form: '_method=delete&a=1' },
  'a DELETE': { ...get, method: 'DELETE', url: `${api}/v1/items/1`, credentials: reserved },
  'secrets with reserved characters': { ...get, url: `${api}/v1/items?a=1`, credentials: reserved },
  'secrets with escapes': { ...get, url: `${api}/v1/items?a=1`, credentials: escapes },
  'a secret like base64': { ...get, url: `${api}/v1/items?a=1`, credentials: padded },
}
