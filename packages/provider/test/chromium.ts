import { existsSync } from 'node:fs'
import process from 'node:process'
import { type Browser, chromium } from 'playwright-core'

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium'

/** Whether there is a Chromium to drive. Where services are required its absence is a failure. */
export function hasChromium(): boolean {
  if (existsSync(executablePath)) return true
  if (process.env['COUNTERSIGN_REQUIRE_SERVICES'] === '1')
    throw new Error(`There is no Chromium at ${executablePath}.`)
  console.log(`Skipped: there is no Chromium at ${executablePath}.`)
  return false
}

export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}
