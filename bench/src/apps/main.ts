// One framework's application in a separate process: `node apps/main.ts express`. Prints its port, and after each line
// on standard input the processor time that it has used so far.
import { createInterface } from 'node:readline'
import { makeProtector, type StartApp } from './app.ts'

const { start } = (await import(`./${process.argv[2]}.ts`)) as { start: StartApp }
console.log(await start(makeProtector()))
for await (const _ of createInterface({ input: process.stdin })) {
  const { user, system } = process.cpuUsage()
  console.log(user + system)
}
process.exit(0)
