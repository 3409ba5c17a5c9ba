import { expect, it } from 'vitest'
import { openSite, password } from './site.ts'
import { Visitor } from './visitor.ts'

const site = openSite()

it('signs up, out and in again, and gives out another cookie each time', async () => {
  const visitor = new Visitor(site.provider.url)
  await visitor.open('/sign-up')
  const cookies = [visitor.cookies.get('countersign')]
  const home = await visitor.submit('/sign-up', { name: 'Anna.B', password })
  expect(home.text).toMatch(/Your account was created, and you are signed in as <bdi [^>]*>anna\.b</)
  expect((await visitor.open('/')).text).not.toContain('Your account was created')
  cookies.push(visitor.cookies.get('countersign'))
  expect((await visitor.submit('/sign-out')).text).toContain('/sign-in')
  cookies.push(visitor.cookies.get('countersign'))
  expect((await visitor.signIn('ANNA.B', password)).text).toContain('>anna.b</bdi>')
  cookies.push(visitor.cookies.get('countersign'))
  expect(new Set(cookies).size).toBe(4)
})

it('ends the session in the database: the old cookie opens nothing after signing out', async () => {
  const visitor = await site.member('bela')
  const stolen = new Map(visitor.cookies)
  await visitor.submit('/sign-out')
  const thief = new Visitor(site.provider.url)
  for (const [name, value] of stolen) thief.cookies.set(name, value)
  expect((await thief.open('/')).text).not.toContain('bela')
})

it('treats an unknown user and a wrong password alike', async () => {
  await site.member('carla')
  const pages: string[] = []
  for (const name of ['carla', 'karla']) {
    const visitor = new Visitor(site.provider.url)
    const { status, text } = await visitor.signIn(name, 'wrong password')
    expect(status).toBe(422)
    pages.push(text.replaceAll(name, 'NAME').replace(/name="form_token" value="[^"]*"/, ''))
  }
  expect(pages[0]).toBe(pages[1])
})

it.each([
  ['a name that is taken', 'EMIL', password, 'taken'],
  ['a name of one letter', 'e', password, '2 to 64 characters'],
  ['a name with a space', 'e mil', password, '2 to 64 characters'],
  ['an invisible name', '\u3164\u2800', password, '2 to 64 characters'],
  ['a short password', 'emilia', 'short', 'Use at least 8 characters'],
  ['a password over the limit', 'emilia', 'x'.repeat(257), 'Use at most 256 characters'],
])('refuses %s and says why', async (_, name, given, why) => {
  await new Visitor(site.provider.url).signUp('emil', password)
  const { status, text } = await new Visitor(site.provider.url).signUp(name, given)
  expect(status).toBe(422)
  expect(text).toContain(why)
})

it.each([
  'https://evil.example/',
  '//evil.example',
  '/\\evil.example',
  '/oauth/authorize?oauth_token=a&b=//x',
  'javascript:alert(1)',
])('signs in to the start page when asked to return to %s', async (place) => {
  await new Visitor(site.provider.url).signUp('fritz', password)
  const visitor = new Visitor(site.provider.url)
  await visitor.open(`/sign-in?return=${encodeURIComponent(place)}`)
  const page = await visitor.submit('/sign-in', { name: 'fritz', password, return: place })
  expect(page.path).toBe('/')
  expect(page.leftFor).toBeUndefined()
})
