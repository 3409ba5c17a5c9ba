import type { Gathered, Mistake, Pair } from '../mistaken-client.ts'
import { read } from '../mistaken-client.ts'

/** A mistake in the signed pairs: the pairs that a right client would gather are changed. */
function gathering(
  code: Mistake['code'],
  what: string,
  change: (gathered: Gathered) => Partial<Gathered> | readonly Pair[],
): Mistake {
  return {
    code,
    what,
    change: (_, before) => ({
      gather: (gathered) => {
        const changed = change(gathered)
        // Pairs alone are signed besides.
        return Array.isArray(changed)
          ? [...before.gather(gathered), ...changed]
          : before.gather({ ...gathered, ...changed })
      },
    }),
  }
}

const without = (name: string) => (gathered: Gathered) => ({
  oauth: gathered.oauth.filter(([given]) => given !== name),
})
const unsent = (name: string, value: string) => (gathered: Gathered) =>
  gathered.oauth.some(([given]) => given === name)
    ? {}
    : { oauth: [...gathered.oauth, [name, value] as const] }

export const membershipMistakes: readonly Mistake[] = [
  gathering('query-left-out', 'signs no query', () => ({ query: [] })),
  gathering('query-left-out-beside-form', 'signs the query only without a form', ({ form, query }) => ({
    query: form.length > 0 ? [] : query,
  })),
  gathering('form-left-out', 'signs no form', () => ({ form: [] })),
  gathering('only-protocol-parameters-signed', 'signs neither query nor form', () => ({
    query: [],
    form: [],
  })),
  gathering('body-signed', 'signs the members of a JSON body as parameters', ({ call: { content } }) =>
    content?.type.includes('json') ? members(content.text) : [],
  ),
  gathering('body-signed', 'signs the body as if it were a form', ({ call: { content } }) =>
    content === undefined ? [] : read(content.text.replaceAll('%', '%25')),
  ),
  gathering('body-signed', 'signs the whole body as a name', ({ call: { content } }) =>
    content === undefined ? [] : [[content.text, '']],
  ),
  gathering('realm-signed', 'signs the realm', ({ call: { realm } }) =>
    realm === undefined ? [] : [['realm', realm]],
  ),
  gathering('header-parameters-signed-once', 'signs what it repeats in the header once', ({ call }) => ({
    call: { ...call, inHeader: [] },
  })),
  gathering('empty-token-left-out', 'signs no empty oauth_token', ({ oauth }) => ({
    oauth: oauth.filter(([name, value]) => name !== 'oauth_token' || value !== ''),
  })),
  gathering('empty-token-signed', 'signs an empty oauth_token', unsent('oauth_token', '')),
  gathering('token-left-out', 'adds oauth_token after signing', ({ oauth }) => ({
    oauth: oauth.filter(([name, value]) => name !== 'oauth_token' || value === ''),
  })),
  gathering('version-left-out', 'adds oauth_version after signing', without('oauth_version')),
  gathering('version-not-sent', 'signs an oauth_version', unsent('oauth_version', '1.0')),
  gathering('callback-left-out', 'adds oauth_callback after signing', without('oauth_callback')),
  gathering('callback-not-sent', 'signs oauth_callback=oob', unsent('oauth_callback', 'oob')),
  gathering('verifier-left-out', 'adds oauth_verifier after signing', without('oauth_verifier')),
  gathering('body-hash-left-out', 'adds oauth_body_hash after signing', without('oauth_body_hash')),
  gathering('protocol-parameter-left-out', 'signs no oauth_nonce', without('oauth_nonce')),
  gathering('protocol-parameter-left-out', 'signs no oauth_timestamp', without('oauth_timestamp')),
  gathering(
    'protocol-parameter-left-out',
    'signs no oauth_signature_method',
    without('oauth_signature_method'),
  ),
  gathering('protocol-parameter-left-out', 'signs no oauth_consumer_key', without('oauth_consumer_key')),
  gathering('signature-signed', 'signs an empty oauth_signature', () => [['oauth_signature', '']]),
  ...[0, 1, 2, 3].flatMap((index) => [
    gathering('parameter-left-out', `adds parameter ${index} of the query after signing`, ({ query }) => ({
      query: query.toSpliced(index, 1),
    })),
    gathering('parameter-left-out', `adds field ${index} of the form after signing`, ({ form }) => ({
      form: form.toSpliced(index, 1),
    })),
  ]),
]

/** As `oauth-1.0a` takes an object for data: an array is a repeated parameter. */
function members(text: string): Pair[] {
  return Object.entries(JSON.parse(text)).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) => [name, String(one)] as const),
  )
}
