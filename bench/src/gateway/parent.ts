import { createInterface } from 'node:readline'

/**
 * How a process of this bench serves its parent: it prints its address, then responds to each line of standard input,
 * and ends with that input.
 *
 * @param setup - Creates the keys to sign requests with.
 */
export async function serveParent(address: string, setup: () => Promise<unknown>): Promise<never> {
  console.log(address)
  for await (const line of createInterface({ input: process.stdin })) {
    const { user, system } = process.cpuUsage()
    console.log(JSON.stringify(line === 'setup' ? await setup() : user + system))
  }
  process.exit(0)
}
