import { type Browser, chromium } from 'playwright-core'
import { programs } from '../../countersign/test/services.ts'

export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: programs.chromium,
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
