import { IssuingDatabase } from './issuing-database.ts'
import { Setting } from './setting.ts'

/** Exchanges one token again and again, and tells of each exchange that it begins. It is killed meanwhile. */
const database = new IssuingDatabase(process.argv[2] ?? '')
const setting = new Setting({
  attemptsPerMinute: 1_000_000,
  grants: database.grants,
  hooks: database.hooks,
})

for (;;) {
  process.send?.('begun')
  await setting.ask()
  // Lets the kill arrive with a driver that never waits, too.
  await new Promise((resolve) => setImmediate(resolve))
}
