import type { ProfileName } from './service.ts'

/** A client that others wrote for a service, and what reaches the service's API when it does what it is for. */
export interface Driven {
  readonly client: string
  readonly profile: ProfileName
  readonly program: 'npm.mjs' | 'debian.py' | 'debian.rb'
  /** In Debian 12; of the others it stands in a package.json. */
  readonly version?: string
  /** The parameters of each request, without escapes. */
  readonly reached: readonly string[]
  /** How many requests are refused. Default: none. */
  readonly refused?: number
}

const restlet = 'script=7&deploy=1'
const orders = 'searchCriteria[status]=complete&searchCriteria[pageSize]=2'
const quotes = 'requireEarningsDate=false&overrideSymbolCount=false&skipMiniOptionsCheck=false&detailFlag=ALL'
const json = 'format=json&formatversion=2'
const launch =
  'lti_message_type=basic-lti-launch-request&lti_version=LTI-1p0&resource_link_id=7&tool_consumer_info_product_family_code=canvas&course=1&lis_person_name_full=Ada (a) *'
const machines = ['op=list_allocated', 'op=allocate&zone=a b']

const fromNpm: readonly Driven[] = (
  [
    [
      'netsuite',
      'nsrestlet',
      [`${restlet}&recordtype=salesorder&id=12`, restlet, restlet, `${restlet}&id=12`],
    ],
    ['netsuite', 'netsuite-rest', ['limit=5&q=id GREATER 7', '']],
    ['mastercard', 'mastercard-oauth1-signer', ['currency=EUR', 'limit=2', '', '']],
    ['lti11', 'ims-lti', [launch, 'tenant=7', 'tenant=7', 'tenant=7', 'tenant=7']],
    ['jira', 'jira-client', ['expand=names&fields=*all&properties=*all&fieldsByKeys=false', '', '']],
    ['magento', 'magento-api-rest', [orders, '', orders, '']],
    ['woocommerce', '@woocommerce/woocommerce-rest-api', ['', ''], 1],
    ['woocommerce', 'woocommerce-rest-ts-api', ['', '']],
    ['woocommerce', 'woocommerce-api', ['per_page=2&status=processing', '']],
    [
      'mediawiki',
      'mwn',
      [
        `${json}&action=query&meta=tokens|siteinfo|userinfo&type=csrf|createaccount|login|patrol|rollback|userrights|watch&siprop=general|namespaces|namespacealiases&uiprop=rights`,
        `${json}&maxlag=5&action=query&meta=userinfo&titles=A|B & C`,
        `${json}&maxlag=5&action=edit&title=A b&text=Grüße&token=csrf+\\`,
      ],
    ],
    ['x', 'twitter-api-v2', ['user.fields=id,name', '', "status=it's (a) test!*"]],
    ['x', 'twitter', ['screen_name=a b&count=2', 'status=Grüße']],
    ['tumblr', 'tumblr.js', ['', 'tag=a b&limit=2', '']],
    ['discogs', 'disconnect', ['', 'q=a b&type=release']],
    ['discogs', '@lionralfs/discogs-client', ['', 'type=release&q=a b']],
    ['etrade', 'e-trade-api', ['', quotes, ''], 1],
  ] as const
).map(([profile, client, reached, refused = 0]) => ({
  profile,
  client,
  program: 'npm.mjs',
  reached,
  refused,
}))

export const driven: readonly Driven[] = [
  ...fromNpm,
  {
    ...{ profile: 'jira', client: 'jira', program: 'debian.py', version: '3.4.1' },
    reached: ['fields=summary&expand=names', ''],
  },
  {
    ...{ profile: 'maas', client: 'requests-oauthlib', program: 'debian.py', version: '1.3.0' },
    reached: machines,
  },
  { ...{ profile: 'maas', client: 'oauth', program: 'debian.rb', version: '0.5.4' }, reached: machines },
  {
    ...{ profile: 'mediawiki', client: 'mwoauth', program: 'debian.py', version: '0.3.7' },
    reached: ['action=query&meta=userinfo'],
  },
  {
    ...{ profile: 'x', client: 'tweepy', program: 'debian.py', version: '4.12.1' },
    reached: ['status=Grüße & 100%', ''],
  },
  {
    ...{ profile: 'discogs', client: 'python3-discogs-client', program: 'debian.py', version: '2.5' },
    reached: ['', 'q=a b&type=release'],
  },
]
