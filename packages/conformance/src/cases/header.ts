import { percentEncode } from 'countersign/protocol'
import { casesOf, type GroupCase } from '../conformance-case.ts'
import { expectAccepted, expectRefused } from '../expectations.ts'
import { protectedRequest } from '../flow/steps.ts'
import type { Draft, Pair } from '../signing.ts'
import { withHardSignature } from './hard-signature.ts'

const quoted = ([name, value]: Pair) => `${name}="${percentEncode(value)}"`
const lowerHex = (text: string) => text.replace(/%[0-9A-F]{2}/g, (octet) => octet.toLowerCase())

type Written = Pick<GroupCase, 'id' | 'title' | 'level' | 'why'> & {
  readonly section?: string
  readonly draft: Partial<Draft>
}

const realmWhy = 'The realm is not signed, and may hold anything that a quoted string can hold.'
const spaceWhy = 'Clients format the list differently.'

/** Headers that are unusual but correct. */
const written: readonly Written[] = [
  {
    id: 'scheme-case',
    title: 'The scheme OAuth is accepted in upper and lower case',
    level: 'must',
    why: 'Authentication schemes are case-insensitive in HTTP.',
    draft: { header: (pairs) => `oAuTH ${pairs.map(quoted).join(', ')}` },
  },
  {
    id: 'no-spaces',
    title: 'Commas without spaces are accepted',
    level: 'must',
    why: spaceWhy,
    draft: { header: (pairs) => `OAuth ${pairs.map(quoted).join(',')}` },
  },
  {
    id: 'white-space',
    title: 'Spaces and tabs around commas are accepted',
    level: 'must',
    why: spaceWhy,
    draft: { header: (pairs) => `OAuth   ${pairs.map(quoted).join('  ,\t ')}` },
  },
  {
    id: 'realm-first',
    title: 'A realm at the beginning is accepted and not signed',
    level: 'must',
    why: realmWhy,
    draft: { header: (pairs) => `OAuth realm="Photos", ${pairs.map(quoted).join(', ')}` },
  },
  {
    id: 'realm-last',
    title: 'A realm at the end is accepted and not signed',
    level: 'must',
    why: realmWhy,
    draft: { header: (pairs) => `OAuth ${pairs.map(quoted).join(', ')}, realm="Photos"` },
  },
  {
    id: 'realm-hard',
    title: 'A realm with commas, equals signs and escaped quotes is accepted',
    level: 'should',
    why: realmWhy,
    draft: {
      header: (pairs) => `OAuth realm="a, b=\\"c\\"; oauth_nonce=d", ${pairs.map(quoted).join(', ')}`,
    },
  },
  {
    id: 'order',
    title: 'The parameters are accepted in any order',
    level: 'must',
    why: 'Libraries write them in any order.',
    draft: { header: (pairs) => `OAuth ${pairs.map(quoted).reverse().join(', ')}` },
  },
  {
    id: 'lower-case-escapes',
    title: 'Escapes with lower-case digits are decoded',
    section: '§3.6',
    level: 'should',
    why: 'The escapes %2b and %2B mean the same; the base string is built from decoded values.',
    draft: { header: (pairs) => `OAuth ${pairs.map(quoted).map(lowerHex).join(', ')}` },
  },
  {
    id: 'raw-equals',
    title: 'A signature with its = and + unescaped is accepted',
    section: '§3.6',
    level: 'should',
    why: 'Many clients do not escape the signature.',
    draft: { header: (pairs) => `OAuth ${pairs.map(([name, value]) => `${name}="${value}"`).join(', ')}` },
  },
  {
    id: 'escaped-values',
    title: 'Values that need escapes are decoded once',
    section: '§3.5.1',
    level: 'must',
    why: 'A nonce may hold any character; a value that is decoded twice, or not at all, gives another base string.',
    draft: { oauth: { oauth_nonce: `n%20&=+"é~ ${Math.random()}` } },
  },
  {
    id: 'version',
    title: 'oauth_version=1.0 is accepted',
    section: '§3.1',
    level: 'must',
    why: 'It is optional, and many clients send it.',
    draft: { oauth: { oauth_version: '1.0' } },
  },
]

export const header = casesOf('header', [
  ...written.map(
    ({ draft, section = '§3.5.1', ...texts }): GroupCase => ({
      ...texts,
      section,
      remedy:
        'Parse the header as a list of name="value" pairs: quotes first, then commas, then escapes once.',
      async run(context) {
        const request = await withHardSignature((oauth) =>
          protectedRequest(context, { ...draft, oauth: { ...oauth, ...draft.oauth } }),
        )
        expectAccepted(await context.send(request), texts.title)
      },
    }),
  ),
  {
    id: 'other-version',
    title: 'Another oauth_version is refused',
    section: '§3.1',
    level: 'must',
    why: 'The client follows rules that this provider does not know.',
    remedy: 'Refuse oauth_version unless it is 1.0.',
    async run(context) {
      const request = await protectedRequest(context, { oauth: { oauth_version: '2.0' } })
      expectRefused(await context.send(request), 'oauth_version=2.0')
    },
  },
  {
    id: 'other-scheme',
    title: 'Protocol parameters under another scheme are refused',
    section: '§3.5.1',
    level: 'must',
    why: 'Bearer and Basic have rules of their own.',
    remedy: 'Read protocol parameters under the scheme OAuth only.',
    async run(context) {
      const draft = { header: (pairs: readonly Pair[]) => `Basic ${pairs.map(quoted).join(', ')}` }
      expectRefused(await context.send(await protectedRequest(context, draft)), 'the scheme Basic')
    },
  },
])
