import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { allowBrokenPipe } from '../../support/broken-pipe.ts'
import type { Service } from './service.ts'

/**
 * Runs one client of a program through what it does at its service. The program prints a text where the user is to go
 * to that address, is told the code, and prints the response to each request.
 */
export async function drive(
  service: Service,
  { command, file, certificate }: { command: string; file: string; certificate: string },
  settings: Readonly<Record<string, unknown>>,
): Promise<unknown[]> {
  const trust = {
    NODE_EXTRA_CA_CERTS: certificate,
    REQUESTS_CA_BUNDLE: certificate,
    SSL_CERT_FILE: certificate,
  }
  const proxies = Object.keys(process.env).filter((name) => /_proxy$/i.test(name))
  const env = { ...process.env, ...trust, ...Object.fromEntries(proxies.map((name) => [name, undefined])) }
  const child = spawn(command, [fileURLToPath(new URL(file, import.meta.url))], { env })
  allowBrokenPipe(child.stdin)
  const ended = once(child, 'close') as Promise<[number | null]>
  let stderr = ''
  child.stderr.on('data', (text) => {
    stderr += text
  })
  const tell = (value: unknown) => child.stdin.write(`${JSON.stringify(value)}\n`)
  tell({ ...settings, ports: service.ports })
  const responses: unknown[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    const value: unknown = JSON.parse(line)
    if (typeof value === 'string') tell(await service.allow(value))
    else responses.push(value)
  }
  const [code] = await ended
  if (code === 0) return responses
  const refusals = service.events.filter(({ type }) => type === 'refused')
  throw new Error(`${file} exited with ${code}: ${stderr}\n${JSON.stringify(refusals)}`)
}
