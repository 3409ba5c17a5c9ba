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

const realmWhy = 'The realm is not signed, and may hold anything that a quoted string holds.'
const spaceWhy = 'HTTP libraries and proxies write lists in their own way.'

/** Headers that are written in an unusual way, and right. */
const written: readonly Written[] = [
  {
    id: 'scheme-case',
    title: 'The scheme is accepted in any case',
    level: 'must',
    why: 'HTTP compares authentication schemes without regard to case.',
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
    title: 'A realm at the beginning is accepted, and is not signed',
    level: 'must',
    why: realmWhy,
    draft: { header: (pairs) => `OAuth realm="Photos", ${pairs.map(quoted).join(', ')}` },
  },
  {
    id: 'realm-last',
    title: 'A realm at the end is accepted, and is not signed',
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
    why: 'Libraries write them in the order of a hash table.',
    draft: { header: (pairs) => `OAuth ${pairs.map(quoted).reverse().join(', ')}` },
  },
  {
    id: 'lower-case-escapes',
    title: 'Escapes in lower case are decoded',
    section: '§3.6',
    level: 'should',
    why: 'Escapes are the same in both cases; the base string is made of decoded values.',
    draft: { header: (pairs) => `OAuth ${pairs.map(quoted).map(lowerHex).join(', ')}` },
  },
  {
    id: 'raw-equals',
    title: 'A signature with its = and + unescaped is accepted',
    section: '§3.6',
    level: 'should',
    why: 'Many clients in use quote the signature without escaping it.',
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
    why: 'The client means rules that this provider does not know.',
    remedy: 'Refuse oauth_version unless it is 1.0.',
    async run(context) {
      const request = await protectedRequest(context, { oauth: { oauth_version: '2.0' } })
      expectRefused(await context.send(request), 'oauth_version=2.0')
    },
  },
  {
    id: 'other-scheme',
    title: 'Another scheme is no OAuth header',
    section: '§3.5.1',
    level: 'must',
    why: 'Bearer and Basic have rules of their own.',
    remedy: 'Read protocol parameters from the scheme OAuth only.',
    async run(context) {
      const draft = { header: (pairs: readonly Pair[]) => `Basic ${pairs.map(quoted).join(', ')}` }
      expectRefused(await context.send(await protectedRequest(context, draft)), 'the scheme Basic')
    },
  },
])
