import { describe, expect, it } from 'vitest'
import { openSite, password } from './site.ts'
import { Visitor } from './visitor.ts'

const site = openSite()

const german = { 'accept-language': 'de-AT,de;q=0.9,en;q=0.5' }

async function heading(path: string, headers: Readonly<Record<string, string>>) {
  const response = await fetch(site.provider.url + path, { headers: { accept: 'text/html', ...headers } })
  const text = await response.text()
  return {
    heading: /<h1>(.*?)<\/h1>/.exec(text)?.[1],
    lang: /<html lang="(\w+)">/.exec(text)?.[1],
    contentLanguage: response.headers.get('content-language'),
    vary: response.headers.get('vary'),
    status: response.status,
    cookies: response.headers.getSetCookie(),
  }
}

describe('the language of a page', () => {
  it.each([
    ['', 'en'],
    ['de', 'de'],
    ['de-CH', 'de'],
    ['DE', 'de'],
    ['fr, de;q=0.4, en;q=0.3', 'de'],
    ['en;q=0.3, de;q=0.4', 'de'],
    ['en, de;q=0.9', 'en'],
    ['de;q=0, en', 'en'],
    ['fr', 'en'],
    ['*', 'en'],
    ['de;q=nonsense', 'de'],
    [',,;;q', 'en'],
    ['__proto__', 'en'],
    ['deutsch', 'en'],
    [`${'x-'.repeat(4000)}, de`, 'de'],
  ])('is the one that the browser prefers of ours: %.40s', async (accepted, language) => {
    const page = await heading('/sign-in', accepted === '' ? {} : { 'accept-language': accepted })
    expect(page).toMatchObject({
      heading: language === 'de' ? 'Anmelden' : 'Sign in',
      lang: language,
      contentLanguage: language,
      vary: 'Accept-Language',
      status: 200,
    })
    expect(page.cookies.filter((cookie) => /lang/i.test(cookie))).toEqual([])
  })

  it.each([
    ['/nowhere', 404, 'Seite nicht gefunden'],
    ['/oauth/authorize', 400, 'Ungültiger Link'],
    ['/oauth/authorize?oauth_token=x', 404, 'Unbekannte Anfrage'],
  ])('is the language of the error at %s, too', async (path, status, text) => {
    expect(await heading(path, german)).toMatchObject({ status, heading: text, lang: 'de' })
  })

  it('is German from sign-up to the end of an access', async () => {
    const visitor = new Visitor(site.provider.url, german)
    await visitor.open('/sign-up')
    const refused = await visitor.submit('/sign-up', { name: 'jürgen', password })
    expect(refused.status).toBe(422)
    expect(refused.text).toContain('Verwenden Sie 2 bis 64 Zeichen')
    const short = await visitor.submit('/sign-up', { name: 'juergen', password: 'kurz' })
    expect(short.text).toContain('Verwenden Sie mindestens 8 Zeichen.')
    const home = await visitor.submit('/sign-up', { name: 'juergen', password })
    expect(home.text).toMatch(/Sie sind angemeldet als <bdi [^>]*>juergen<\/bdi>/)
    expect(home.text).toContain('<h1>Ihr Konto</h1>')
    const name = '<b>Söhne</b> & {Töchter}'
    const keys = await site.register(visitor, { name, callbacks: 'https://album.example/cb' })
    const temporary = await site.temporaryCredential(keys, 'https://album.example/cb')
    const path = `/oauth/authorize?oauth_token=${temporary.key}`
    const question = await visitor.open(path)
    expect(question.text).toMatch(
      /<span><bdi [^>]*>&lt;b&gt;Söhne&lt;\/b&gt; &amp; {Töchter}<\/bdi> möchte Zugriff auf Ihr Konto<\/span><\/h1>/,
    )
    expect(question.text).toContain('„Erlauben“ führt Sie zu <strong><bdi>album.example</bdi></strong>')
    await visitor.submit('/oauth/authorize', { decision: 'deny' })
    const decided = await visitor.open(path)
    expect(decided.status).toBe(409)
    expect(decided.text).toContain('<h1>Sie haben den Zugriff abgelehnt</h1>')
    expect((await visitor.open('/authorizations')).text).toContain('<h1>Anwendungen mit Zugriff</h1>')
    const other = await fetch(`${site.provider.url}/api/me`, { headers: german })
    expect(other.headers.get('content-language')).toBeNull()
    expect(await other.text()).not.toMatch(/[äöüß]/)
  })

  it('is German on the pages of developers, faults and explanations of signatures included', async () => {
    const visitor = new Visitor(site.provider.url, german)
    await visitor.signUp('entwickler', password)
    await visitor.open('/clients/new')
    const callbacks = 'localhost:3000/cb\nalbum.example/cb\nhttps://album.example/cb#top'
    const refused = await visitor.submit('/clients', { name: 'Album', callbacks })
    expect(refused.status).toBe(422)
    expect(refused.text).toContain('localhost:3000/cb: Beginnen Sie mit http://')
    expect(refused.text).toContain('album.example/cb: Beginnen Sie mit https://')
    expect(refused.text).toContain('cb#top: Entfernen Sie das Fragment')
    const { key } = await site.register(visitor, { name: 'Album', callbacks: 'https://album.example/cb' })
    const client = `/clients/${key}`
    const headings = {
      '/': 'Ihr Konto',
      '/clients': 'Clients',
      '/clients/new': 'Client registrieren',
      [`${client}/edit`]: /<bdi [^>]*>Album<\/bdi> bearbeiten/,
      [`${client}/tokens`]: /Tokens von <bdi /,
      [`${client}/requests`]: /Letzte Anfragen von <bdi /,
      '/explain': 'Signatur erklären',
      '/playground': 'Spielwiese',
      [`/playground/${key}/initiate`]: 'Spielwiese',
      [`/playground/${key}/approve`]: 'Spielwiese',
      [`/playground/${key}/token`]: 'Spielwiese',
      [`/playground/${key}/request`]: 'Spielwiese',
    }
    for (const [path, heading] of Object.entries(headings)) {
      const { status, text } = await visitor.open(path)
      expect(status, path).toBe(200)
      expect(/<h1>(.*?)<\/h1>/.exec(text)?.[1], path).toMatch(heading)
      // Words that every English page has, and no German one.
      expect(text.replace(/<code>.*?<\/code>/gs, ''), path).not.toMatch(/\b(?:the|of|and|your)\b/i)
    }
    await visitor.open('/explain')
    const asked = await visitor.submit('/explain', { request: 'GET / HTTP/1.1' })
    expect(asked.text).toMatch(/Die Anfrage nennt keinen lesbaren Schlüssel|Der Text ist nicht lesbar/)
  })
})
