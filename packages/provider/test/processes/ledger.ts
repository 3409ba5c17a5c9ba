import { setTimeout } from 'node:timers/promises'
import { expect } from 'vitest'
import { password } from '../site.ts'
import type { Visitor } from '../visitor.ts'
import { approve, exchange, initiate, keysOf } from './provider-group.ts'
import { deliver, type Keys, signedRequest } from './signed-request.ts'

interface Approved {
  readonly temporary: Keys
  readonly verifier: string
}

/** What clients and people were told by a provider that may be killed at any moment. */
export class Ledger {
  /** Tokens that the client was given. */
  readonly tokens: Keys[] = []
  /** Temporary credentials whose user has pressed "Allow" and seen no response. */
  readonly #askedFor: Keys[] = []
  /** Approvals whose exchange has had no response. */
  readonly #approved: Approved[] = []
  /** Approvals whose token the client never heard of: it was issued, and the response was lost. */
  lost = 0
  readonly #registered: { readonly owner: Visitor; readonly keys: Keys }[] = []
  /** Owners who asked for a client and have seen no response. */
  readonly #waiting: Visitor[] = []
  /** People who asked for an account and have seen no response. */
  readonly #unnamed: string[] = []
  readonly #client: Keys
  #names = 0

  constructor(client: Keys) {
    this.#client = client
  }

  /** Resolves when so many tokens more were given; rejects when the load that asks for them fails. */
  async given(count: number, load: Promise<void>): Promise<void> {
    const goal = this.tokens.length + count
    while (this.tokens.length < goal) await Promise.race([setTimeout(1), load])
  }

  /** A client and its user go through flows until the provider is gone. */
  async flows(address: string, member: Visitor): Promise<void> {
    for (;;) {
      const temporary = await initiate(address, this.#client)
      this.#askedFor.push(temporary)
      const verifier = await approve(member, temporary)
      remove(this.#askedFor, temporary)
      const approved = { temporary, verifier }
      this.#approved.push(approved)
      this.tokens.push(await keysOf(await deliver(address, exchange(this.#client, temporary, verifier))))
      remove(this.#approved, approved)
    }
  }

  /** A person signs up and registers a client, then another one, until the provider is gone. */
  async registrations(visitor: () => Visitor): Promise<void> {
    for (;;) {
      const name = `person-${this.#names++}`
      const owner = visitor()
      this.#unnamed.push(name)
      expect((await owner.signUp(name, password)).status).toBe(200)
      remove(this.#unnamed, name)
      this.#waiting.push(owner)
      await owner.open('/clients/new')
      const { text } = await owner.submit('/clients', { name: 'Own', callbacks: '' })
      this.#registered.push({ owner, keys: shownKeys(text) as Keys })
      remove(this.#waiting, owner)
    }
  }

  /** Everything that was told holds in the process that runs now, and what was not told ends clearly. */
  async settle(address: string, member: Visitor, visitor: () => Visitor, newTokens: number): Promise<void> {
    for (const token of this.tokens.slice(-newTokens)) expect(await this.#me(address, token)).toBe(200)
    for (const temporary of this.#askedFor.splice(0)) await this.#askAgain(member, temporary)
    for (const approved of this.#approved.splice(0)) await this.#exchangeAgain(address, approved)
    for (const { owner, keys } of this.#registered.splice(0)) {
      expect((await owner.open(`/clients/${keys.key}`)).status).toBe(200)
      await initiateAs(address, keys)
    }
    for (const owner of this.#waiting.splice(0)) await ownClient(address, owner)
    for (const name of this.#unnamed.splice(0)) {
      const again = await visitor().signUp(name, password)
      if (again.status === 200) continue
      expect(again.status).toBe(422)
      expect((await visitor().signIn(name, password)).status).toBe(200)
    }
  }

  async #me(address: string, token: Keys): Promise<number> {
    const response = await deliver(address, signedRequest('GET', '/api/me', this.#client, token))
    await response.text()
    return response.status
  }

  /** The user opens the page again: it asks, or says that it was decided. */
  async #askAgain(member: Visitor, temporary: Keys): Promise<void> {
    const { status, text } = await member.open(`/oauth/authorize?oauth_token=${temporary.key}`)
    if (/name="decision"/.test(text)) {
      this.#approved.push({ temporary, verifier: await approve(member, temporary) })
      return
    }
    expect(status).toBe(409)
    expect(text).toMatch(/You allowed access|Already decided/)
  }

  async #exchangeAgain(address: string, { temporary, verifier }: Approved): Promise<void> {
    const response = await deliver(address, exchange(this.#client, temporary, verifier))
    if (response.status === 200) {
      const token = await keysOf(response)
      this.tokens.push(token)
      expect(await this.#me(address, token)).toBe(200)
    } else {
      expect(response.status).toBe(401)
      this.lost++
    }
  }
}

/** A client whose registration had no response: it is not there, or its owner sees its secret, or gets another one. */
async function ownClient(address: string, owner: Visitor): Promise<void> {
  const { text } = await owner.open('/clients')
  for (const [, path] of text.matchAll(/href="(\/clients\/[A-Za-z0-9]+)"/g)) {
    if (path === '/clients/new' || path === undefined) continue
    const shown = await owner.open(path)
    expect(shown.status).toBe(200)
    // The one response that showed it may be the one that was lost.
    const keys = shownKeys(shown.text) ?? (await anotherSecret(owner, path))
    await initiateAs(address, keys as Keys)
  }
}

async function anotherSecret(owner: Visitor, path: string): Promise<Keys | undefined> {
  await owner.open(`${path}/secret`)
  return shownKeys((await owner.submit(`${path}/secret`)).text)
}

async function initiateAs(address: string, keys: Keys): Promise<void> {
  const request = signedRequest('POST', '/oauth/initiate', keys, undefined, {
    oauth: { oauth_callback: 'oob' },
  })
  await keysOf(await deliver(address, request))
}

function shownKeys(text: string): Keys | undefined {
  const [key, secret] = [...text.matchAll(/<dd class="secret"><code>([^<]+)</g)].map(([, value]) => value)
  return key === undefined || secret === undefined ? undefined : { key, secret }
}

function remove<T>(list: T[], entry: T): void {
  const index = list.indexOf(entry)
  if (index >= 0) list.splice(index, 1)
}
