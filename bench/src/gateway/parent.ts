import { createInterface } from 'node:readline'

/**
 * What a process of this bench does for the one that started it: it prints its address, then after each line of standard
 * input the response to that line, and ends with that input.
 *
 * @param setup - Makes what requests are signed with.
 */
export async function serveParent(address: string, setup: () => Promise<unknown>): Promise<never> {
  console.log(address)
  for await (const line of createInterface({ input: process.stdin })) {
    const { user, system } = process.cpuUsage()
    console.log(JSON.stringify(line === 'setup' ? await setup() : user + system))
  }
  process.exit(0)
}
