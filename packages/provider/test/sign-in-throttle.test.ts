import type { Context } from 'hono'
import { describe, expect, it } from 'vitest'
import { signInThrottle } from '../src/web/sign-in-throttle.ts'
import { openSite, password } from './site.ts'
import { Visitor } from './visitor.ts'

/** Ten tries that fail, each with another start of the header that anybody may send. */
async function guess(site: string, name: string, address: (i: number) => string): Promise<void> {
  for (let i = 0; i < 10; i++) {
    const visitor = new Visitor(site, { 'x-forwarded-for': address(i) })
    expect((await visitor.signIn(name, `wrong password ${i}`)).status).toBe(422)
  }
}

const signIn = (site: string, name: string, address: string) =>
  new Visitor(site, { 'x-forwarded-for': address }).signIn(name, password)

describe('without a proxy', () => {
  const site = openSite()

  it('lets nobody guess on: after ten wrong passwords even the right one has to wait', async () => {
    await site.member('dora')
    await guess(site.provider.url, 'dora', (i) => `198.51.100.${i}`)
    const { status, headers } = await signIn(site.provider.url, 'dora', '203.0.113.7')
    expect(status).toBe(429)
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
  })
})

describe('behind a proxy that names the address', () => {
  const site = openSite({ ORIGIN: 'https://oauth.example.com', CLIENT_ADDRESS_HEADER: 'X-Forwarded-For' })

  it('refuses the address that guessed, whatever it says of itself, and no other', async () => {
    await site.member('egon')
    await guess(site.provider.url, 'egon', (i) => `192.0.2.${i}, 203.0.113.7, 198.51.100.1`)
    expect((await signIn(site.provider.url, 'egon', '203.0.113.7,198.51.100.1')).status).toBe(429)
    expect((await signIn(site.provider.url, 'egon', '198.51.100.1, 203.0.113.7')).status).toBe(200)
    expect(site.provider.output.stdout).not.toContain('cannot be told apart')
  })
})

describe('behind a proxy that names no address', () => {
  const site = openSite({ ORIGIN: 'https://oauth.example.com' })

  it('lets the user in after ten wrong passwords of a stranger', async () => {
    await site.member('flora')
    await guess(site.provider.url, 'flora', (i) => `198.51.100.${i}`)
    expect((await signIn(site.provider.url, 'flora', '203.0.113.7')).status).toBe(200)
    expect(site.provider.output.stdout).toContain('cannot be told apart')
  })
})

it('lets six tries wait where addresses are not known, and refuses the next for as long', async () => {
  const admit = signInThrottle(() => undefined)
  const admissions = Array.from({ length: 17 }, () => admit({} as Context, 'Gina'))
  expect(await admissions[9]).toMatchObject({ waitSeconds: 0 })
  expect(await admissions[16]).toMatchObject({ waitSeconds: 30 })
  expect(await admit({} as Context, 'other')).toMatchObject({ waitSeconds: 0 })
})
