import { authorization, type PlantedFault, pairsWhere, withQueryOf } from './planted-fault.ts'

/** How a request is read. */
export const requestFaults: readonly PlantedFault[] = [
  [
    'form bodies are not signed',
    'encodings-form-post-unsigned',
    () => ({ seen: (http, step) => (step === 'resource' ? { ...http, body: '' } : http) }),
  ],
  [
    'form bodies are signed with POST only',
    'encodings-form-put-unsigned',
    () => ({
      seen: (http, step) => (step === 'resource' && http.method === 'PUT' ? { ...http, body: '' } : http),
    }),
  ],
  [
    'a form with a charset is taken for none',
    'encodings-form-charset-unsigned',
    () => ({
      seen: (http) => (/charset/i.test(String(http.headers['content-type'])) ? { ...http, body: '' } : http),
    }),
  ],
  [
    'repeated names are collapsed',
    'encodings-repeated-names',
    () => ({
      seen: (http) =>
        withQueryOf(http, (query) => pairsWhere(query, (name, at, all) => all.indexOf(name) === at)),
    }),
  ],
  [
    'a realm in the query is not signed',
    'encodings-query-realm-added',
    () => ({ seen: (http) => withQueryOf(http, (query) => pairsWhere(query, (name) => name !== 'realm')) }),
  ],
  [
    'a plus sign in the query stays a plus sign',
    'encodings-plus',
    () => ({ seen: (http) => withQueryOf(http, (query) => query.replaceAll('+', '%2B')) }),
  ],
  [
    'a semicolon separates parameters',
    'encodings-semicolon',
    () => ({ seen: (http) => withQueryOf(http, (query) => query.replaceAll(';', '&')) }),
  ],
  [
    'empty values are dropped',
    'encodings-empty-value',
    () => ({
      seen: (http) =>
        withQueryOf(http, (query) =>
          query
            .split('&')
            .filter((pair) => !pair.endsWith('='))
            .join('&'),
        ),
    }),
  ],
  [
    'the query is decoded twice',
    'encodings-double',
    () => ({ seen: (http) => withQueryOf(http, (query) => query.replace(/%25([0-9A-Fa-f]{2})/g, '%$1')) }),
  ],
  [
    'the port is left out of the base string',
    'encodings-other-port',
    () => ({ options: (_, step) => (step === 'resource' ? { origin: 'http://localhost' } : {}) }),
  ],
  [
    'the scheme of the header is compared with regard to case',
    'header-scheme-case',
    () => ({
      seen: (http) =>
        authorization(http).startsWith('OAuth ')
          ? http
          : { ...http, headers: { ...http.headers, authorization: undefined } },
    }),
  ],
  [
    'the realm must stand first',
    'header-realm-last',
    () => ({
      seen: (http) => ({
        ...http,
        headers: { ...http.headers, authorization: authorization(http).replace(/, realm="/, ', x_realm="') },
      }),
    }),
  ],
  [
    'of a parameter that comes twice in the header the first counts',
    'places-repeated-in-header',
    () => ({
      seen(http) {
        const [first = '', ...others] = authorization(http).split(', ')
        const kept = [first, ...others].filter((pair, at, all) => {
          const nameOf = (text: string) => text.replace(/^OAuth /, '').split('=')[0]
          return all.findIndex((each) => nameOf(each) === nameOf(pair)) === at
        })
        return { ...http, headers: { ...http.headers, authorization: kept.join(', ') } }
      },
    }),
  ],
  [
    'protocol parameters of the query are forgotten where a header is',
    'places-two-at-once',
    () => ({
      seen: (http) =>
        authorization(http).startsWith('OAuth ')
          ? withQueryOf(http, (query) => pairsWhere(query, (name) => !name.startsWith('oauth_')))
          : http,
    }),
  ],
  [
    'a malformed header is a 500',
    'malformed-lone-percent',
    () => ({
      respond: (http) =>
        /="%"/.test(authorization(http)) ? { status: 500, headers: {}, body: '' } : undefined,
    }),
  ],
  [
    'a long value hangs the parser',
    'malformed-long-value',
    () => ({ respond: (http) => (/a{5000}/.test(authorization(http)) ? 'nothing' : undefined) }),
  ],
]
