import type { Hooks } from 'countersign'
import type { Backend } from './backend.ts'

/** Exchanges one credential after the other, a few at once, and tells of each that it begins. It is killed meanwhile. */
const [backendUrl = '', config = '', names = ''] = process.argv.slice(2)
const { open } = (await import(backendUrl)) as Backend
const hooks = (await open(config)).hooks as Required<Hooks>
const waiting = names.split(',')

async function exchangeAll(): Promise<void> {
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    process.send?.(name)
    // A token is named as its temporary credential, so that the test finds it.
    await hooks.exchangeTemporaryCredential(name, {
      clientId: 'killed',
      oauthToken: name,
      oauthTokenSecret: 'secret',
      userId: 7,
    })
    // Lets the kill arrive between two exchanges of a driver that never waits, too.
    await new Promise((resolve) => setImmediate(resolve))
  }
}

await Promise.all([1, 2, 3, 4].map(exchangeAll))
