import { describe, expect, it } from 'vitest'
import { type Attempt, SignInThrottle } from '../src/accounts/sign-in-throttle.ts'
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

  it('lets no one guess on: after ten wrong passwords even the right one has to wait', async () => {
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

describe('sign-ins at once', () => {
  const site = openSite()

  it('lets all with the right password in, however many come at once', async () => {
    await site.member('hanna')
    const all = Array.from({ length: 25 }, () => new Visitor(site.provider.url).signIn('hanna', password))
    expect((await Promise.all(all)).map(({ status }) => status)).toEqual(Array(25).fill(200))
  })

  it('lets no more wrong ones at once through than one after another', async () => {
    await site.member('ines')
    const wrong = Array.from({ length: 30 }, () => new Visitor(site.provider.url).signIn('ines', 'wrong one'))
    const statuses = (await Promise.all(wrong)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 422)).toHaveLength(10)
    expect(statuses.filter((status) => status === 429)).toHaveLength(20)
  })

  it('spares the browser that signed in before, in which the password was not changed since', async () => {
    const owner = await site.member('jule')
    const stranger = await site.member('kilian')
    for (let i = 0; i < 10; i++) await new Visitor(site.provider.url).signIn('jule', `wrong ${i}`)
    expect((await new Visitor(site.provider.url).signIn('jule', password)).status).toBe(429)
    for (const visitor of [owner, stranger]) {
      await visitor.open('/')
      await visitor.submit('/sign-out')
    }
    expect((await stranger.signIn('jule', password)).status).toBe(429)
    expect((await owner.signIn('jule', password)).status).toBe(200)
  })
})

describe('the throttle', () => {
  const attempt = { name: 'gina', network: undefined, device: undefined }
  const fail = async (throttle: SignInThrottle, given: Attempt) => {
    const { waitSeconds, settle } = await throttle.admit(given)
    await settle(false)
    return waitSeconds
  }

  it('lets six tries wait where networks are not known, and refuses the next for as long', async () => {
    const throttle = new SignInThrottle()
    for (let i = 0; i < 10; i++) expect(await fail(throttle, attempt)).toBe(0)
    for (let i = 0; i < 6; i++) void throttle.admit(attempt)
    expect(await fail(throttle, attempt)).toBe(30)
    expect(await fail(throttle, { ...attempt, name: 'other' })).toBe(0)
    // The user's own browser is none of those that wait.
    expect(await fail(throttle, { ...attempt, device: 'known' })).toBe(0)
  })

  it('slows a name down that is guessed from ever new networks', async () => {
    const throttle = new SignInThrottle()
    for (let i = 0; i < 50; i++) expect(await fail(throttle, { ...attempt, network: `network ${i}` })).toBe(0)
    for (let i = 0; i < 6; i++) void throttle.admit({ ...attempt, network: `waiting ${i}` })
    expect(await fail(throttle, { ...attempt, network: 'another' })).toBe(30)
  })

  it('refuses a network that tries a password on ever new names', async () => {
    const throttle = new SignInThrottle()
    const from = (name: string) => fail(throttle, { name, network: '192.0.2.1', device: undefined })
    for (let i = 0; i < 100; i++) expect(await from(`name ${i}`)).toBe(0)
    expect(await from('name 100')).toBeGreaterThan(800)
  })

  it('forgets a device that guesses, but not for long what it guessed', async () => {
    const throttle = new SignInThrottle()
    const stolen = { name: 'gina', network: '192.0.2.1', device: 'stolen' }
    for (let i = 0; i < 20; i++) expect(await fail(throttle, stolen)).toBe(0)
    expect(await fail(throttle, stolen)).toBeGreaterThan(800)
  })

  it('does not count what was not looked at, and goes on', async () => {
    const throttle = new SignInThrottle()
    const known = { ...attempt, network: '192.0.2.1' }
    for (let i = 0; i < 30; i++) await (await throttle.admit(known)).settle(undefined)
    expect(await fail(throttle, known)).toBe(0)
  })

  it('holds a bounded number of tries back', async () => {
    const throttle = new SignInThrottle()
    const known = { ...attempt, network: '192.0.2.1' }
    const tries = Array.from({ length: 75 }, () => throttle.admit(known))
    await expect(tries[74]).rejects.toMatchObject({ retryAfterSeconds: 2 })
    const settled = tries.slice(0, 74).map(async (each) => {
      const { waitSeconds, settle } = await each
      settle(true)
      return waitSeconds
    })
    expect(await Promise.all(settled)).toEqual(Array(74).fill(0))
  })
})
